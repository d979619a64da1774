/** A file of the user's own. */

/** The text of a file the user chooses; undefined when none is chosen. */
export function pickedText(accept = '.json,application/json'): Promise<string | undefined> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  return new Promise((resolve) => {
    input.onchange = () => void input.files?.[0]?.text().then(resolve)
    input.oncancel = () => resolve(undefined)
    input.click()
  })
}
