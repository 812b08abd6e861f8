// One dialog at a time: a title, what is drawn inside, and buttons that close it with an answer.

import { draw, h } from "./drawing.js"
import { say } from "./words.js"

/**
 * Ask something. body() describes what is inside; buttons: [[answer, words, isMain]]. Resolves to the answer, "" when it is closed otherwise.
 * Gives {answer: a promise, redraw, close}.
 */
export function ask(title, body, buttons = [["", say("close")]]) {
  const box = document.getElementById("dialog")
  const redraw = () => draw(box, h("form", { method: "dialog", class: "dialog", onsubmit: (event) => { event.preventDefault(); box.close(event.submitter?.value ?? "") } },
    h("h2", { id: "dialog-title" }, title), body(),
    h("div", { class: "buttons" }, buttons.map(([answer, words, isMain]) => h("button", { key: answer, value: answer, class: isMain ? "" : "quiet" }, words)))))
  box.returnValue = ""
  redraw()
  if (!box.open) box.showModal()
  const answer = new Promise((resolve) => { box.onclose = () => { const said = box.returnValue; draw(box, []); resolve(said) } })
  return { answer, redraw, close: (said = "") => box.close(said) }
}
