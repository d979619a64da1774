/** The names of actions as sentences for stories. A name that is none of these stands as it is. */

const disturbed: Readonly<Record<string, string>> = {
  crash: 'dies before its',
  fail: '500 for its',
  conflict: '409 for its',
  drop: 'nothing arrives of its',
  lose: 'done, though it is told 504: its',
  repeat: 'twice arrives its',
  retry: 'sent again though it was done: its',
}

const rules: readonly (readonly [RegExp, (...words: string[]) => string])[] = [
  [
    /^(reconcile|turn) (.+), shuffled \d+$/,
    (...words) => `${said(words.slice(0, 2).join(' '))}; another comes first among equals`,
  ],
  [
    /^reconcile \S+ (.+), write (\d+) (\w+)$/,
    (key = '', write, how = '') =>
      `reconciles ${object(key)}; ${disturbed[how] ?? how} ${ordinal(Number(write) + 1)} write`,
  ],
  [/^reconcile \S+ (.+)$/, (key = '') => `reconciles ${object(key)}`],
  [
    /^(.+), write (\d+) (\w+)$/,
    (turn = '', write, how = '') => `${turn}; ${disturbed[how] ?? how} ${ordinal(Number(write) + 1)} write`,
  ],
  [
    /^travel \S+ (.+) (\d+)$/,
    (of, back) => `starts again and sees ${of} as they were ${back} ${back === '1' ? 'change' : 'changes'} ago`,
  ],
  [/^miss \S+ (.+)$/, (of) => `its watch of ${of} is opened anew and skips what lay between`],
  [/^echo \S+ (.+)$/, (key = '') => `is told again of ${object(key)}, which did not change`],
  [/^skew (.+) (ahead|behind)$/, (_who, how) => `its clock is wrong: ${how}`],
  [/^time, though somebody is slow$/, () => 'time goes on, though somebody still has something to do'],
  [/^time, (.+) first$/, (timer) => `time goes on; of this instant "${timer}" is over first`],
  [/^hold \S+ (.+)$/, (of) => `its watch of ${of} falls behind`],
  [/^release \S+ (.+)$/, (of) => `its watch of ${of} catches up`],
  [/^input \d+ (.+)$/, (what = '') => what],
  [/^kill (\S+)$/, (node) => `the machine of ${node} dies`],
  [/^silence (\S+)$/, (node) => `${node} falls silent`],
  [/^turn kubelet (\S+)$/, (node) => `the kubelet of ${node} takes its turn`],
  [/^turn \S+$/, () => 'takes its turn'],
  [/^time$/, () => 'time goes on'],
]

/** What an action is, in words. */
export function said(name: string): string {
  for (const [pattern, words] of rules) {
    const found = pattern.exec(name)
    if (found !== null) return words(...found.slice(1))
  }
  return name
}

/** `pods|default/web` is `pods default/web`. */
const object = (key: string): string => key.replace('|', ' ')

function ordinal(count: number): string {
  return `${count}${['th', 'st', 'nd', 'rd'][count % 100 > 10 && count % 100 < 14 ? 0 : count % 10] ?? 'th'}`
}
