/**
 * The descriptions of definitions and fields, which `kubectl explain` shows. They are large, so `npm run generate` writes
 * them beside the table without committing them, and they are loaded only when asked for.
 */

/** Texts by short definition name (`apps.v1.DeploymentSpec`) or short field name (`apps.v1.DeploymentSpec.replicas`). */
export type Descriptions = Readonly<Record<string, string>>

/** Loads the descriptions; empty when they have not been generated. */
export async function loadDescriptions(): Promise<Descriptions> {
  // Not a literal, so that compilers do not insist on a file that may be absent; bundlers find it by its folder.
  const file: string = 'descriptions'
  try {
    const module = (await import(`./data/${file}.ts`)) as { descriptions: Descriptions }
    return module.descriptions
  } catch {
    return {}
  }
}
