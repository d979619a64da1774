/**
 * The files a simulated container sees: its own, those of its volumes, and what every container has. Changes are gathered
 * and handed over when the program waits or ends.
 */
import type { KubeObject } from '../../../api/object.ts'
import { bytesOf, textOf } from '../../../lib/bytes.ts'
import type { Ordered } from '../../../lib/ordered.ts'
import type { View } from '../../../store/view.ts'
import { mounted } from '../../volumes.ts'
import type { ContainerSpec } from '../behaviour.ts'

/** Where the files are kept: text by store path; a directory's path ends with a slash. */
export interface FileHost {
  view(): View
  stored(): Ordered<string>
  change(changes: Readonly<Record<string, string | null>>): void
  /** Directories and files every container has, by absolute path; undefined for what is not there. */
  given(path: string): string | undefined
  givenIn(path: string): readonly string[] | undefined
}

interface VolumeMount {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: boolean
  readonly subPath?: string
}

interface Place {
  /** The key in the store; undefined for read-only content. */
  readonly key: string | undefined
  readonly content: Readonly<Record<string, string>> | undefined
  /** The path within the content. */
  readonly inside: string
  readonly readOnly: boolean
}

const trimmed = (path: string): string => path.replace(/\/+$/, '')
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
const beneath = (path: string): string => (path === '/' ? '/' : `${path}/`)

export class Files {
  readonly #host: FileHost
  readonly #pod: KubeObject
  readonly #container: ContainerSpec
  #changes: Record<string, string | null> = {}

  constructor(host: FileHost, pod: KubeObject, container: ContainerSpec) {
    this.#host = host
    this.#pod = pod
    this.#container = container
  }

  text(path: string): string | undefined {
    const place = this.#place(path)
    if (place.key === undefined) return place.content?.[place.inside]
    return this.#at(place.key) ?? this.#host.given(path)
  }

  bytes(path: string): Uint8Array | undefined {
    const text = this.text(path)
    return text === undefined ? undefined : bytesOf(text)
  }

  kind(path: string): 'file' | 'directory' | undefined {
    if (path === '/') return 'directory'
    if (this.text(path) !== undefined) return 'file'
    if (this.#mounts().some(({ mountPath }) => beneath(trimmed(mountPath)).startsWith(beneath(path))))
      return 'directory'
    const { key, content, inside } = this.#place(path)
    if (content !== undefined)
      return Object.keys(content).some((name) => name.startsWith(`${inside}/`)) ? 'directory' : undefined
    if (key === undefined) return undefined
    if (this.#at(`${key}/`) !== undefined || this.#beneath(`${key}/`).length > 0) return 'directory'
    return this.#host.givenIn(path) === undefined ? undefined : 'directory'
  }

  /** Names in a directory, sorted. */
  list(path: string): string[] {
    const { key, content, inside } = this.#place(path)
    const names = new Set<string>()
    const prefix = inside === '' ? '' : `${inside}/`
    if (content !== undefined)
      for (const name of Object.keys(content))
        if (name.startsWith(prefix)) names.add(name.slice(prefix.length).split('/')[0] as string)
    if (key !== undefined) {
      const own = path === '/' ? key : `${key}/`
      for (const name of this.#beneath(own)) names.add(name)
      for (const name of this.#host.givenIn(path) ?? []) names.add(name)
    }
    for (const { mountPath } of this.#mounts()) {
      const full = beneath(trimmed(mountPath))
      if (full.startsWith(beneath(path)) && full !== beneath(path))
        names.add(full.slice(beneath(path).length).split('/')[0] as string)
    }
    return [...names].filter((name) => name !== '').sort()
  }

  /** '' when written, else why not. */
  write(path: string, content: string | Uint8Array): string {
    const { key, readOnly } = this.#place(path)
    if (path === '/dev/null') return ''
    if (readOnly || key === undefined) return 'Read-only file system'
    if (this.kind(path) === 'directory') return 'Is a directory'
    const parent = this.kind(parentOf(path))
    if (parent !== 'directory') return parent === 'file' ? 'Not a directory' : 'No such file or directory'
    this.#changes[key] = typeof content === 'string' ? content : textOf(content)
    return ''
  }

  /** '' when made, else why not. */
  makeDirectory(path: string): string {
    const { key, readOnly } = this.#place(path)
    if (this.kind(path) !== undefined) return 'File exists'
    const parent = this.kind(parentOf(path))
    if (parent !== 'directory') return parent === 'file' ? 'Not a directory' : 'No such file or directory'
    if (readOnly || key === undefined) return 'Read-only file system'
    this.#changes[`${key}/`] = ''
    return ''
  }

  /** Removes a file, or a directory with all that is in it; '' when done, else why not. */
  remove(path: string): string {
    const { key, readOnly } = this.#place(path)
    const kind = this.kind(path)
    if (kind === undefined) return 'No such file or directory'
    if (readOnly || key === undefined) return 'Read-only file system'
    const isMount = this.#mounts().some(({ mountPath }) => beneath(trimmed(mountPath)).startsWith(beneath(path)))
    const isGiven = this.#host.givenIn(path) !== undefined || (kind === 'file' && this.#at(key) === undefined)
    if (isMount || isGiven) return 'Device or resource busy'
    if (kind === 'directory') {
      for (const name of this.list(path)) this.remove(`${beneath(path)}${name}`)
      this.#changes[`${key}/`] = null
    } else this.#changes[key] = null
    this.#keep(parentOf(path))
    return ''
  }

  /** Hands over what changed. */
  flush(): void {
    const changes = this.#changes
    if (Object.keys(changes).length === 0) return
    this.#changes = {}
    this.#host.change(changes)
  }

  /** A directory stays when its last file goes. */
  #keep(path: string): void {
    const { key } = this.#place(path)
    if (key !== undefined && path !== '/' && this.#host.givenIn(path) === undefined) this.#changes[`${key}/`] ??= ''
  }

  #at(key: string): string | undefined {
    const changed = this.#changes[key]
    if (changed !== undefined) return changed ?? undefined
    return this.#host.stored().get(key)
  }

  /** The names of what is stored beneath a prefix. */
  #beneath(prefix: string): string[] {
    const names = new Set<string>()
    this.#host.stored().forRange(prefix, `${prefix}\uffff`, false, (key) => {
      if (this.#changes[key] !== null) names.add(key.slice(prefix.length).split('/')[0] as string)
    })
    for (const [key, content] of Object.entries(this.#changes))
      if (content !== null && key.startsWith(prefix)) names.add(key.slice(prefix.length).split('/')[0] as string)
    names.delete('')
    return [...names]
  }

  #mounts(): readonly VolumeMount[] {
    return (this.#container.volumeMounts ?? []) as VolumeMount[]
  }

  #place(path: string): Place {
    const inMount = ({ mountPath }: VolumeMount) => beneath(path).startsWith(beneath(trimmed(mountPath)))
    const [mount] = this.#mounts()
      .filter(inMount)
      .sort((a, b) => b.mountPath.length - a.mountPath.length)
    if (mount === undefined) {
      const root = `pod/${this.#pod.metadata.uid}/root/${this.#container.name}`
      return { key: `${root}${path}`, content: undefined, inside: '', readOnly: false }
    }
    const rest = path.slice(trimmed(mount.mountPath).length).replace(/^\//, '')
    const inside = [mount.subPath ?? '', rest].filter((part) => part !== '').join('/')
    const source = mounted(this.#host.view(), this.#pod, mount.name)
    if (source !== undefined && 'content' in source)
      return { key: undefined, content: source.content, inside, readOnly: true }
    const key = inside === '' ? `${source?.store}` : `${source?.store}/${inside}`
    return { key, content: undefined, inside: '', readOnly: mount.readOnly === true }
  }
}
