// A handle that moves its row: dragged with a finger or a mouse, or with the arrow keys.

import { h, icon } from "./drawing.js"
import { say } from "./words.js"

/**
 * A handle. `step(by)` moves its row one place up (-1) or down (1); `drop(row, isAfter)` moves it beside another row (an element).
 * `rows` says which elements a row can be dropped at; `remove`, if given, answers the Delete key.
 */
export function handle({ key, label, rows, step, drop, remove }) {
  return h("button", {
    key: `grip-${key}`, type: "button", class: "grip", "data-grip": key, "aria-label": label, title: say("handle_help"),
    onkeydown: (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
      if (!by && !(remove && event.key === "Delete")) return
      event.preventDefault()
      by ? step(by) : remove()
    },
    onpointerdown: (event) => { if (event.button === 0) drag(event, rows, drop) },
  }, icon("grip"))
}

/** Follow the pointer until it lets go; a line shows where the row would land. */
function drag(start, rows, drop) {
  const grip = start.currentTarget
  const own = grip.closest(rows)
  let target = null
  grip.setPointerCapture(start.pointerId)
  const clear = () => { target?.row.classList.remove("before", "after"); target = null }
  const move = (event) => {
    own.classList.add("moving")
    clear()
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest(rows)
    if (!row || row === own || row.parentElement.closest(".outline, .parts") !== own.parentElement.closest(".outline, .parts")) return
    const box = row.getBoundingClientRect()
    target = { row, isAfter: event.clientY > box.top + box.height / 2 }
    row.classList.add(target.isAfter ? "after" : "before")
  }
  const end = (event) => {
    const found = event.type === "pointerup" && target
    clear()
    own.classList.remove("moving")
    grip.onpointermove = grip.onpointerup = grip.onpointercancel = null
    if (found) drop(found.row, found.isAfter)
  }
  grip.onpointermove = move
  grip.onpointerup = grip.onpointercancel = end
}
