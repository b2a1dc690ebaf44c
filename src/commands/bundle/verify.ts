import { Args } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'
import { plain } from '../../reporters/plain.ts'

export default class BundleVerify extends BaseCommand {
  static override summary =
    'Say whether a bundle is whole and unchanged: sizes, checksums, what is missing, what was put in'
  static override description =
    'The checksums lie in the bundle itself: they tell damage, and not whether somebody made it anew.'
  static override examples = ['<%= config.bin %> bundle verify web1.tar.gz']
  static override args = {
    bundle: Args.string({ required: true, ignoreStdin: true, description: 'A file or a folder' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(BundleVerify)
    const { openStored } = await import('../../cli/bundle/stored.ts')
    const { verify } = await import('../../bundle/verify.ts')
    const bundle = await openStored(args.bundle)
    const { faults, sums, without } = verify(bundle.manifest, bundle.files)
    const all = [...(bundle.cut === null ? [] : [`it is not whole: ${bundle.cut}`]), ...faults]
    const unsure = without === 0 ? '' : `; ${without} have none`
    this.print(
      all.length === 0
        ? `${bundle.manifest.entries.length} answers; the checksums of ${sums} files are right${unsure}\n`
        : all.map((fault) => `${plain(fault)}\n`).join(''),
    )
    process.exitCode = all.length === 0 ? 0 : 1
  }
}
