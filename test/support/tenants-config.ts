import { SMALL_CONFIG } from './small-config.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A gateway with a tenant of its own and one whose team owns its file. */
export const CONFIG = `# The platform's own file.
${SMALL_CONFIG}
roles:
  partner: [things:read]
plans:
  free: { rate: 100/min }
include:
  - { tenant: initech, file: tenants/initech.yaml, plans: [free], grantable: [partner] }
`
export const INITECH = `# Initech's own file.
keys:
  initech-web:
    digest: sha256:2f85b73fef6fd57bce82218a0f6e1eaeb24327708dd4d99736fdce7f24347dec
    roles: [partner]
    expires: 2099-01-01
`

/** A folder that holds both files. */
export function configFolder(): string {
  return temporaryFolder({ 'gateway.yaml': CONFIG, 'tenants/initech.yaml': INITECH })
}
