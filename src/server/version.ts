/** What `/version` says: the Kubernetes release whose API this is, marked as kybern's. */
export const serverVersion = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.0+kybern',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'typescript/kybern',
}
