// The head of the page: which version this is, how far the translations are, whether it is saved; undo, try, publish.

import { h, icon } from "./drawing.js"
import { button, iconButton } from "./fields.js"
import { languageInWords, say } from "./words.js"

export function head(desk, acts) {
  const { version, changes, is_changed: isChanged } = desk.state
  const next = (version?.number ?? 0) + 1
  return [
    h("div", { class: "what" },
      h("h1", { lang: desk.base }, desk.form.title?.[desk.base] || say("no_words")),
      h("p", { class: "state" },
        version && h("span", { class: "chip good" }, icon("published"), [say("version_published", { number: version.number }), version.answers > 0 && say("answers_count", { count: version.answers })].filter(Boolean).join(", ")),
        isChanged && h("span", { class: "chip care" }, icon("draft"), [say("version_draft", { number: next }), version && changes.length > 0 && say("changes_count", { count: changes.length })].filter(Boolean).join(", ")),
        version && changes.length > 0 && h("a", { href: desk.addresses.publish }, say("see_changes")),
        desk.state.languages.filter((one) => !one.is_base && desk.languages.includes(one.code)).map((one) => progress(one)))),
    h("div", { class: "buttons" },
      saving(desk, acts),
      iconButton("undo", say("undo"), () => desk.step(true), { "data-act": "undo", disabled: !desk.history.past.length }),
      iconButton("redo", say("redo"), () => desk.step(false), { "data-act": "redo", disabled: !desk.history.future.length }),
      button(say("try_it"), acts.tryIt, "quiet", { "data-act": "try" }),
      isChanged ? h("a", { class: "button", href: desk.addresses.publish }, say("review_and_publish", { number: next }))
        : h("span", { class: "hint" }, say("nothing_to_publish", { number: version.number }))),
  ]
}

function progress({ code, done, total }) {
  const inWords = languageInWords(code)
  const words = say("language_done", { language: inWords[0].toUpperCase() + inWords.slice(1), done, count: total })
  return h("span", { key: code, class: "meter" }, h("meter", { value: done, max: Math.max(total, 1), "aria-label": say("translated_whole", { language: inWords }) }, words), h("span", { class: "n" }, words))
}

function saving(desk, acts) {
  const { state } = desk.saver
  return h("span", { class: `saving ${state}` },
    h("span", { role: "status", "data-saving": state }, icon({ saved: "good", offline: "care", clash: "care", shut: "bad", refused: "bad" }[state] ?? "busy"), say(`state_${state}`)),
    state === "clash" && button(say("decide"), acts.settle))
}
