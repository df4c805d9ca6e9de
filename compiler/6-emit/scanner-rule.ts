import { GENERATED_MARK_HASH } from './generated-mark.ts'

export const SCANNER_RULE_FILE = 'keysmith.gitleaks.toml'

/** Random characters and checksum. */
const SECRET_CHARACTERS = 38
/** Bits a character, over the whole secret. No random secret comes near; what stands for one in documentation does. */
const ENTROPY_MIN = 3.2

/**
 * A rule by which scanners of repositories and logs find the gateway's secrets, in the format of gitleaks, which others
 * read, too. Of a secret, only whole ones are found: digests are none.
 *
 * @param prefix Small letters and digits, as the language has it: nothing that a pattern or TOML would read otherwise.
 */
export function scannerRule(prefix: string): string {
  return [
    `${GENERATED_MARK_HASH} from gateway.yaml. Do not edit.`,
    '# To scan with this alone: gitleaks dir --config keysmith.gitleaks.toml',
    '# Beside other rules, in .gitleaks.toml: [extend] path = "keysmith.gitleaks.toml"',
    '',
    '[[rules]]',
    `id = "keysmith-${prefix}"`,
    `description = "A secret of the gateway whose keys begin with ${prefix}_. Find out whose: keysmith keys verify. Take it back: keysmith keys revoke."`,
    `regex = '''(${prefix}_(?:live|test)_[0-9A-Za-z]{${SECRET_CHARACTERS}})(?:[^0-9A-Za-z]|$)'''`,
    'secretGroup = 1',
    `entropy = ${ENTROPY_MIN}`,
    `keywords = ["${prefix}_live_", "${prefix}_test_"]`,
    '',
  ].join('\n')
}
