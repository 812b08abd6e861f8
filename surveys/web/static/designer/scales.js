// A scale and its points. Several questions may share it: a change here is a change in all of them.

import { h } from "./drawing.js"
import { button, languageHeads, line, nameField, pair } from "./fields.js"
import * as model from "./model.js"
import { say, tell } from "./words.js"

export function scaleEditor(desk, acts, scale) {
  const at = model.scaleAt(desk.form, scale.name)
  const place = `scales.${scale.name}`
  const users = model.usersOf(desk.form, scale.name)
  const path = ["scales", at]
  const labels = (language) => model.pointsOf(scale).map((point) => [`${place}.labels.${point}`, scale.labels?.[point]]).filter(([, text]) => text?.[desk.base]).map(([one, text]) => desk.stateOf(one, text, language))
  const count = (language) => { const all = labels(language); return [all.filter((one) => !["missing", "stale"].includes(one)).length, all.length] }
  return [
    h("div", { class: "part-head" }, h("div", {}, h("h2", { tabindex: -1, "data-head": true }, say("scale_named", { name: scale.name })), h("p", {}, say("changes_in", { count: users.length }))),
      h("div", { class: "buttons" }, button(say("remove"), () => remove(desk, scale.name, users), "quiet"))),
    h("p", { class: "links" }, users.map(({ question, number }) => button(say("numbered", { number, label: question.label?.[desk.base] ?? question.name }), () => desk.look(`questions.${question.name}`)))),
    h("div", { class: "lines" },
      nameField(say("code"), scale.name, place, (name) => { desk.at = `scales.${name}`; desk.change(model.renameScale(desk.form, scale.name, name)) }, (name) => model.scaleAt(desk.form, name) < 0),
      line(desk, [...path, "lo"], say("lowest"), scale.lo, `${place}.lo`, "whole", undefined, true),
      line(desk, [...path, "hi"], say("highest"), scale.hi, `${place}.hi`, "whole", undefined, true),
      line(desk, [...path, "step"], say("step"), scale.step, `${place}.step`, "whole", 1)),
    languageHeads(desk, count),
    model.pointsOf(scale).map((point) => pair(desk, { label: say("point", { point }), place: `${place}.labels.${point}`, path: [...path, "labels", point], text: scale.labels?.[point] })),
  ]
}

function remove(desk, name, users) {
  if (users.length) return tell(say("scale_in_use", { count: users.length }))
  desk.at = "form"
  desk.put(["scales"], model.without(desk.form.scales, model.scaleAt(desk.form, name)))
  return tell(say("scale_removed"), { words: say("undo"), run: () => desk.step(true) })
}
