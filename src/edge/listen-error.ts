/** Why nobody can listen at an address, in words. */
import { KybernError } from '../lib/coded-error.ts'

/** KYB-PORT or KYB-HOST for what its caller can do something about; other errors as they are. */
export function listenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE')
    return new KybernError(
      'KYB-PORT',
      `port ${port} of ${host} is in use by another program; choose another or 0 for any`,
    )
  if (error.code === 'EACCES')
    return new KybernError('KYB-PORT', `port ${port} may not be used by you; choose one above 1023 or 0 for any`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new KybernError('KYB-HOST', `${host} is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all`)
  return error
}
