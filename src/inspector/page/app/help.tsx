/** All keys, and what the page is in four sentences. */
import { Legend } from '../timeline/tools.tsx'
import { Dialog } from './dialog.tsx'
import { type Key, keys } from './keys.ts'

const groups: readonly Key['group'][] = ['Time', 'Rows', 'Object', 'View', 'Do']

export function Help() {
  return (
    <Dialog title="Keys">
      <div class="help">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {keys
                .filter((key) => key.group === group)
                .map(({ shown, does }) => (
                  <div key={shown}>
                    <dt>
                      {shown.split(' ').map((one) => (
                        <kbd key={one}>{one}</kbd>
                      ))}
                    </dt>
                    <dd>{does}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Colours and patterns</h3>
          <Legend />
          <p>
            Wavy lines are idle time left out. A cross is the end of an object. Lines lead from a write to its cause.
          </p>
        </section>
        <section>
          <h3>Pointer</h3>
          <p>
            Drag the ruler or the bar below to choose a moment; everything on the page then shows that moment. Drag the
            rows to move along, <kbd>Ctrl</kbd> and wheel to zoom. Click an object to select it, twice to open it.
          </p>
          <p>
            Wavy lines are idle time left out. A cross is the end of an object. Lines lead from a write to its cause.
          </p>
        </section>
      </div>
    </Dialog>
  )
}
