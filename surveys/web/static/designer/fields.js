// Controls for one value of the form. Texts stand side by side: the base language, and the language that is being translated into.

import { h, icon } from "./drawing.js"
import { languageInWords, nameOfLanguage, say } from "./words.js"

/** The languages beside the base: the one chosen, or all. */
export const others = (desk) => (desk.other === "*" ? desk.languages.slice(1) : desk.languages.slice(1).filter((code) => code === desk.other))

/** The heads of the two columns, with how much of this part is translated. count(language) gives [done, all]. */
export function languageHeads(desk, count) {
  const rest = desk.languages.slice(1)
  return h("div", { class: "pair heads" },
    h("div", { class: "name" }),
    h("div", { class: "cell" }, h("b", {}, say("base_language", { language: nameOfLanguage(desk.base) }))),
    rest.length > 0 && h("div", { class: "cell" },
      rest.length > 1
        ? h("select", { "aria-label": say("translate_into"), value: desk.other ?? "", onchange: (event) => { desk.other = event.target.value; desk.redraw() } },
            rest.map((code) => h("option", { value: code }, nameOfLanguage(code))), h("option", { value: "*" }, say("all_languages")))
        : h("b", { lang: rest[0] }, nameOfLanguage(rest[0])),
      button(say("reviewing"), () => { desk.canReview = !desk.canReview; desk.redraw() }, "plain review", { "aria-pressed": String(Boolean(desk.canReview)) }),
      others(desk).map((code) => meter(desk, code, ...count(code)))))
}

function meter(desk, code, done, all) {
  const words = say("texts_done", { done, count: all })
  return h("span", { key: code, class: "meter" },
    h("meter", { value: done, max: Math.max(all, 1), "aria-label": say("translated_into", { language: nameOfLanguage(code) }) }, words),
    h("span", { class: "n" }, desk.other === "*" ? `${nameOfLanguage(code)}: ${words}` : words))
}

/**
 * One text in its languages. place: as in problems and states; path: where it stands in the form.
 * more: {lead: before its name, end: after the cells, below: under them, props: of its row, oninput, onenter, oncommit}
 */
export function pair(desk, { label, place, path, text, lines = 1, ...more }) {
  const codes = [desk.base, ...others(desk)]
  const cell = (code) => field(desk, { label, place, path, text, lines, code, ...more })
  return h("div", { key: place, role: "group", "aria-label": label, ...more.props, class: `pair ${more.props?.class ?? ""}` },
    h("div", { class: "name" }, more.lead, h("span", {}, label)),
    h("div", { class: "cell" }, cell(codes[0])),
    codes.length > 1 && h("div", { class: "cell" }, codes.slice(1).map(cell)),
    more.end, more.below)
}

function field(desk, { label, place, path, text, lines, code, onenter, oncommit }) {
  const words = text?.[code] ?? ""
  const state = desk.stateOf(place, text, code)
  const known = desk.marks.get(`${place}|${code}`)
  const id = `${place}.${code}`
  const copy = () => { desk.put([...path, code], text[desk.base]); desk.focusOn(place, code) }
  return h("div", { key: code, class: "field" },
    h("textarea", {
      rows: lines, lang: code, className: ["missing", "stale"].includes(state) ? "todo" : "", value: words, "data-place": place, "data-language": code,
      "aria-label": `${label}, ${nameOfLanguage(code)}`, "aria-describedby": state && state !== "done" ? `${id}-state` : undefined, "aria-invalid": state === "missing" ? "true" : undefined,
      oninput: (event) => desk.put([...path, code], event.target.value, id),
      onchange: (event) => { desk.history.endRun(); oncommit?.(code, event.target.value) },
      onkeydown: (event) => { if (onenter && event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); onenter() } },
    }),
    state && state !== "done" && h("div", { class: `mark ${state}`, id: `${id}-state` }, h("span", {}, say(`is_${state}`, { name: known?.reviewed_by ?? "" }), state === "stale" && known?.was && [". ", say("it_said"), " ", h("q", { lang: desk.base }, known.was)]), markActions(desk, state, place, code, copy)),
    state === "done" && desk.canReview && h("div", { class: "mark done" }, button(say("mark_reviewed"), () => desk.judge(place, code, "review"))))
}

function markActions(desk, state, place, code, copy) {
  if (state === "missing") return button(say("copy_from", { language: languageInWords(desk.base) }), copy)
  if (state === "stale") return button(say("still_right"), () => desk.judge(place, code, "confirm"))
  if (state === "identical") return button(say("right_so"), () => desk.judge(place, code, "confirm"))
  return null
}

export const button = (words, onclick, kind = "plain", more = {}) => h("button", { type: "button", class: kind, onclick, ...more }, words)

/** A button that shows a drawing and says its words aloud. */
export const iconButton = (name, words, onclick, more = {}) => h("button", { type: "button", class: "icon-button", "aria-label": words, title: words, onclick, ...more }, icon(name))

/** A tick. `standard`: what counts when nothing is said. */
export function tick(desk, path, label, value, place, standard = false) {
  return h("label", { key: place, class: "tick" },
    h("input", { type: "checkbox", checked: Boolean(value ?? standard), "data-place": place, onchange: (event) => desk.put(path, event.target.checked, "", standard) }), label)
}

/** A control of one line. kind: whole, number, day or text. */
export function line(desk, path, label, value, place, kind, standard, isNeeded = false) {
  const type = { whole: "number", number: "number", day: "date" }[kind] ?? "text"
  const said = (input) => (input.value === "" ? undefined : type === "number" ? Number(input.value) : input.value)
  return h("label", { key: place, class: `line ${type}` }, label,
    h("input", {
      type, step: kind === "whole" ? 1 : type === "number" ? "any" : undefined, value: value === undefined ? "" : String(value), placeholder: standard ?? undefined, "data-place": place,
      onchange: ({ target }) => { if (isNeeded && target.value === "") target.value = value; else desk.put(path, said(target)) },
    }))
}

export function choose(label, value, options, onchange, more = {}) {
  return h("label", { class: "line", key: more.key }, label,
    h("select", { value: value ?? "", onchange: (event) => onchange(event.target.value), ...more }, options.map(([key, words]) => h("option", { value: key }, words))))
}

/** A name that files of answers use: taken when it is valid and free. */
export function nameField(label, value, place, rename, isFree) {
  return h("label", { key: `${place}.name`, class: "line" }, label,
    h("input", {
      type: "text", value, pattern: "[a-z][a-z0-9_]*", maxlength: 40, spellcheck: "false", autocapitalize: "none", "data-place": `${place}.name`, "data-code": true,
      onchange: (event) => {
        const input = event.target
        const fault = !input.value || !input.validity.valid ? "" : input.value === value || isFree(input.value) ? null : say("name_taken")
        if (fault === null && input.value !== value) return rename(input.value)
        input.setCustomValidity(fault ? fault : fault === "" ? say("name_shape") : "")
        input.reportValidity()
        input.setCustomValidity("")
        if (fault !== null) input.value = value
      },
    }))
}
