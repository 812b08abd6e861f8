// What the form says of itself: title, introduction, minutes, languages, where it comes from, words for places.

import { h } from "./drawing.js"
import { button, languageHeads, line, pair } from "./fields.js"
import * as model from "./model.js"
import { nameOfLanguage, say, tell } from "./words.js"

/** Languages offered first; any other by its code. */
const OFFERED = ["es", "en", "qu", "ay", "pt", "fr", "shp", "agr"]

export function wholeForm(desk, acts, form) {
  return [
    h("div", { class: "part-head" }, h("div", {}, h("h2", { tabindex: -1, "data-head": true }, say("the_form"))), h("div", { class: "buttons" }, button(say("add_section"), () => acts.addSection(), "quiet"), button(say("save_as_instrument"), () => acts.saveInstrument(), "quiet"))),
    languageHeads(desk, (code) => { const found = desk.state.languages.find((one) => one.code === code); return [found?.done ?? 0, found?.total ?? 0] }),
    pair(desk, { label: say("title"), place: "title", path: ["title"], text: form.title }),
    pair(desk, { label: say("intro"), place: "intro", path: ["intro"], text: form.intro, lines: 2 }),
    h("div", { class: "lines" },
      line(desk, ["minutes"], say("minutes"), form.minutes || undefined, "minutes", "whole", desk.state.minutes),
      line(desk, ["source"], say("source"), form.source, "source", "text"),
      line(desk, ["licence"], say("licence"), form.licence, "licence", "text")),
    h("p", { class: "hint small" }, desk.state.estimate),
    h("div", { class: "block" }, h("h3", {}, say("languages")), languages(desk, acts, form)),
    h("div", { class: "block" }, h("h3", {}, say("words_for_places")), h("p", { class: "hint" }, say("words_help")), places(desk, form)),
  ]
}

function languages(desk, acts, form) {
  const free = OFFERED.filter((code) => !form.languages.includes(code))
  return [
    h("ul", { class: "rows" }, form.languages.map((code, at) => h("li", { key: code },
      h("span", {}, nameOfLanguage(code), " ", h("code", {}, code)),
      at === 0 ? h("span", { class: "hint" }, say("base")) : button(say("remove_language", { language: nameOfLanguage(code) }), () => acts.removeLanguage(code))))),
    h("form", { class: "lines", onsubmit: (event) => { event.preventDefault(); add(desk, event.target) } },
      h("label", { class: "line" }, say("add_language"), h("input", { name: "code", list: "languages", placeholder: "qu", pattern: "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", required: true, "data-act": "language" })),
      h("datalist", { id: "languages" }, free.map((code) => h("option", { value: code }, nameOfLanguage(code)))),
      h("button", { class: "quiet" }, say("add"))),
  ]
}

function add(desk, form) {
  const code = form.elements.code.value
  if (desk.languages.includes(code)) return tell(say("name_taken"))
  form.reset()
  desk.other = code
  desk.put(["languages"], [...desk.languages, code])
  return tell(say("language_added", { language: nameOfLanguage(code) }))
}

function places(desk, form) {
  const put = (event) => {
    event.preventDefault()
    const name = model.nameFrom(event.target.elements.name.value)
    if (!name || form.words?.[name]) return tell(say("name_taken"))
    event.target.reset()
    desk.put(["words", name], { [desk.base]: name })
    return desk.focusOn(`words.${name}`, desk.base)
  }
  return [
    Object.entries(form.words ?? {}).map(([name, text]) => pair(desk, {
      label: `{${name}}`, place: `words.${name}`, path: ["words", name], text,
      end: h("div", { class: "end" }, button(say("remove"), () => desk.put(["words", name], undefined))),
    })),
    h("form", { class: "lines", onsubmit: put }, h("label", { class: "line" }, say("new_word"), h("input", { name: "name", required: true })), h("button", { class: "quiet" }, say("add"))),
  ]
}
