/** The types of `request` and `namespaceObject` in admission expressions. Source: k8s.io/apiserver pkg/admission/plugin/cel. */
import { readType, type Type } from './types.ts'

const rows = `
kubernetes.GroupVersionKind group:string version:string kind:string
kubernetes.GroupVersionResource group:string version:string resource:string
kubernetes.UserInfo username:string uid:string groups:list(string) extra:map(string,list(string))
kubernetes.AdmissionRequest kind:kubernetes.GroupVersionKind resource:kubernetes.GroupVersionResource subResource:string
  requestKind:kubernetes.GroupVersionKind requestResource:kubernetes.GroupVersionResource requestSubResource:string
  name:string namespace:string operation:string userInfo:kubernetes.UserInfo dryRun:bool options:dyn
kubernetes.NamespaceSpec finalizers:list(string)
kubernetes.NamespaceCondition status:string type:string lastTransitionTime:timestamp message:string reason:string
kubernetes.NamespaceStatus conditions:list(kubernetes.NamespaceCondition) phase:string
kubernetes.NamespaceMetadata name:string generateName:string namespace:string labels:map(string,string)
  annotations:map(string,string) UID:string creationTimestamp:timestamp deletionGracePeriodSeconds:int
  deletionTimestamp:timestamp generation:int resourceVersion:string finalizers:list(string)
kubernetes.Namespace metadata:kubernetes.NamespaceMetadata spec:kubernetes.NamespaceSpec status:kubernetes.NamespaceStatus
`

let table: Map<string, ReadonlyMap<string, Type>> | undefined

function read(): Map<string, ReadonlyMap<string, Type>> {
  const types = rows.trim().replaceAll('\n ', ' ').split('\n')
  return new Map(
    types.map((row) => {
      const [name = '', ...fields] = row.split(/ +/)
      const entries = fields.map((field) => {
        const colon = field.indexOf(':')
        return [field.slice(0, colon), readType(field.slice(colon + 1))] as const
      })
      return [name, new Map(entries)]
    }),
  )
}

/** The fields of one of these types, `undefined` for other names. */
export function policyFields(typeName: string): ((name: string) => Type | undefined) | undefined {
  table ??= read()
  const fields = table.get(typeName)
  return fields && ((name) => fields.get(name))
}
