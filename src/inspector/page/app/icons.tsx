/** Small drawings for buttons, and the short names of kinds as badges. */

const paths: Readonly<Record<string, string>> = {
  fold: 'M5 3.5 L10 8 L5 12.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9 M10.5 10.5 L14 14',
  play: 'M4.5 2.5 L13 8 L4.5 13.5 Z',
  pause: 'M4.5 3 V13 M11.5 3 V13',
  next: 'M4 3 L10 8 L4 13 Z M12 3 V13',
  previous: 'M12 3 L6 8 L12 13 Z M4 3 V13',
  first: 'M13 3 L8 8 L13 13 M8 3 L3 8 L8 13',
  close: 'M3.5 3.5 L12.5 12.5 M12.5 3.5 L3.5 12.5',
  sun: 'M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6 M8 1v1.5 M8 13.5V15 M1 8h1.5 M13.5 8H15 M3 3l1.1 1.1 M11.9 11.9L13 13 M3 13l1.1-1.1 M11.9 4.1L13 3',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5 Z',
  help: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.8-1.1 1.6 M8 12.4v.4',
  fork: 'M4.5 2v12 M4.5 9c0-3 7-2 7-5.5V2',
  undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6 M6 3.5 L3 6.5 L6 9.5',
  bolt: 'M9 1.5 L3.5 9 H7.5 L6.5 14.5 L12.5 6.5 H8.5 Z',
  save: 'M8 2.5v7.5 M4.5 7 L8 10.5 L11.5 7 M3 13.5h10',
  open: 'M8 10.5V3 M4.5 6 L8 2.5 L11.5 6 M3 13.5h10',
  copy: 'M5.5 5.5h7.5v8H5.5Z M3 10.5v-8h7.5',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3Z',
  expand: 'M9.5 2.5h4v4 M6.5 13.5h-4v-4 M13.5 2.5 L9 7 M2.5 13.5 L7 9',
  terminal: 'M3 4 L7 8 L3 12 M8.5 12.5 H13.5',
  more: 'M3 8h.01 M8 8h.01 M13 8h.01',
  helm: 'M8 4.2a3.8 3.8 0 1 0 0 7.6a3.8 3.8 0 1 0 0-7.6 M8 .8v14.4 M.8 8h14.4 M2.9 2.9l10.2 10.2 M13.1 2.9L2.9 13.1',
}

/** As kubectl shortens them. */
const badges: Readonly<Record<string, string>> = {
  Pod: 'po',
  Container: 'c',
  Node: 'no',
  Deployment: 'dep',
  ReplicaSet: 'rs',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  ReplicationController: 'rc',
  Service: 'svc',
  EndpointSlice: 'eps',
  Endpoints: 'ep',
  ConfigMap: 'cm',
  Secret: 'sec',
  ServiceAccount: 'sa',
  Namespace: 'ns',
  Job: 'job',
  CronJob: 'cj',
  HorizontalPodAutoscaler: 'hpa',
  PodDisruptionBudget: 'pdb',
  PersistentVolume: 'pv',
  PersistentVolumeClaim: 'pvc',
  StorageClass: 'sc',
  Event: 'ev',
  Lease: 'lea',
  Agent: 'ag',
  PriorityClass: 'pc',
  ResourceQuota: 'rq',
  LimitRange: 'lim',
}

/** An icon by name, or the badge of a kind. Neither is read out: names stand beside them. */
export function Icon({ name }: { readonly name: string }) {
  const path = paths[name]
  if (path === undefined)
    return (
      <span class="badge" aria-hidden="true" title={name}>
        {badges[name] ?? name.replace(/[a-z]/g, '').slice(0, 3).toLowerCase()}
      </span>
    )
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
