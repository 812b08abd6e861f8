// The form as a document, and what can be done with it. Nothing here changes what it is given: each edit is a new document that
// shares all untouched parts with the old one. Nothing here knows the page.

// Parts ------------------------------------------------------------------------------------------------------------------

/** Every question in order: {question, section, at: [place of its section, place in it], number}. */
export function questionsOf(form) {
  const found = []
  form.sections.forEach((section, s) =>
    (section.questions ?? []).forEach((question, q) => found.push({ question, section, at: [s, q], number: found.length + 1 })))
  return found
}

export const questionOf = (form, name) => questionsOf(form).find((one) => one.question.name === name)
export const sectionAt = (form, name) => form.sections.findIndex((one) => one.name === name)
export const scaleAt = (form, name) => (form.scales ?? []).findIndex((one) => one.name === name)
export const usersOf = (form, scale) => questionsOf(form).filter((one) => one.question.scale === scale)
export const pathOf = ({ at }) => ["sections", at[0], "questions", at[1]]

export const read = (part, path) => path.reduce((inner, step) => inner?.[step], part)

/** The points of a scale, 101 at most. */
export function pointsOf({ lo, hi, step = 1 }) {
  const points = []
  for (let point = lo; point <= hi && points.length < 101 && step > 0; point += step) points.push(point)
  return points
}

// Edits of any part --------------------------------------------------------------------------------------------------------

const isNothing = (value) =>
  value === undefined || value === null || value === "" || value === false || (typeof value === "object" && !Array.isArray(value) && !Object.keys(value).length)

/** The document with `value` at `path`; what is nothing is left out. `keep` writes false and empty values as they are. */
export function put(part, path, value, keep = false) {
  if (!path.length) return value
  const [step, ...rest] = path
  const copy = Array.isArray(part) ? [...part] : { ...part }
  const inner = put(copy[step] ?? {}, rest, value, keep)
  if (!Array.isArray(copy) && !keep && isNothing(inner)) delete copy[step]
  else copy[step] = inner
  return copy
}

export const inserted = (list, place, part) => [...list.slice(0, place), part, ...list.slice(place)]
export const without = (list, place) => list.filter((_, at) => at !== place)
export const moved = (list, from, to) => inserted(without(list, from), to, list[from])

// Names --------------------------------------------------------------------------------------------------------------------

/** `stem`, or `stem_2`, `stem_3` ... : the first that is not taken. */
export function freeName(stem, taken) {
  const used = new Set(taken)
  let name = stem
  for (let number = 2; used.has(name); number += 1) name = `${stem.slice(0, 36)}_${number}`
  return name
}

/** Words as a name: small letters without accents, digits and _; the first few words. */
export function nameFrom(words, otherwise = "") {
  const plain = words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
  const parts = plain.split(/[^a-z0-9]+/).filter(Boolean)
  let name = ""
  for (const part of parts) {
    const longer = name ? `${name}_${part}` : part
    if (longer.length > 24 && name) break
    name = longer
  }
  return /^[a-z]/.test(name) ? name.slice(0, 40) : otherwise
}

export const namesOf = (form) => questionsOf(form).map((one) => one.question.name)

/** An expression with every mention of a question under its new name; quoted texts stay. */
export const renamedIn = (expression, from, to) =>
  expression.split(/('[^']*'|"[^"]*")/).map((part, at) => (at % 2 ? part : part.replace(new RegExp(`(?<![\\w/-])${from}(?!\\w)`, "g"), to))).join("")

const withConditions = (part, change) => (part.show_if ? { ...part, show_if: change(part.show_if) } : part)

/** The form with a question under another name, in all conditions too. */
export function renameQuestion(form, from, to) {
  const change = (expression) => renamedIn(expression, from, to)
  const part = (question) => {
    const copy = withConditions(question.name === from ? { ...question, name: to } : question, change)
    for (const list of ["choices", "rows"])
      if (copy[list]?.some((one) => one.show_if)) return { ...copy, [list]: copy[list].map((one) => withConditions(one, change)) }
    return copy
  }
  return { ...form, sections: form.sections.map((section) => ({ ...section, questions: (section.questions ?? []).map(part) })) }
}

export function renameScale(form, from, to) {
  const part = (question) => (question.scale === from ? { ...question, scale: to } : question)
  const scales = form.scales.map((scale) => (scale.name === from ? { ...scale, name: to } : scale))
  return { ...form, scales, sections: form.sections.map((section) => ({ ...section, questions: (section.questions ?? []).map(part) })) }
}

// Questions and sections -------------------------------------------------------------------------------------------------

/** The form with `question` after the one called `after`, or at the end of the section called `section`, or of the last one. */
export function addQuestion(form, question, after, section) {
  const found = after && questionOf(form, after)
  const known = section ? sectionAt(form, section) : -1
  const s = found ? found.at[0] : known >= 0 ? known : form.sections.length - 1
  if (s < 0) return { ...form, sections: [{ name: "section_1", questions: [question] }] }
  const list = form.sections[s].questions ?? []
  return put(form, ["sections", s, "questions"], inserted(list, found ? found.at[1] + 1 : list.length, question))
}

export function duplicateQuestion(form, name) {
  const copy = { ...questionOf(form, name).question, name: freeName(name, namesOf(form)) }
  return [addQuestion(form, copy, name), copy.name]
}

export function removeQuestion(form, name) {
  const [s, q] = questionOf(form, name).at
  return put(form, ["sections", s, "questions"], without(form.sections[s].questions, q))
}

/** The form with a question at place `q` of section `s`, counted once it is taken out. */
export function moveQuestion(form, name, s, q) {
  const { question } = questionOf(form, name)
  const rest = removeQuestion(form, name)
  return put(rest, ["sections", s, "questions"], inserted(rest.sections[s].questions ?? [], q, question))
}

/** Where a question goes when it is moved one up (-1) or down (1): [section, place], across sections; null at the ends. */
export function stepOf(form, name, by) {
  const [s, q] = questionOf(form, name).at
  const length = form.sections[s].questions.length
  if (q + by >= 0 && q + by < length) return [s, q + by]
  const next = form.sections[s + by]
  return next ? [s + by, by < 0 ? (next.questions ?? []).length : 0] : null
}

/** Pairs [asked later, needed earlier] that stand the wrong way round. needs: {question: [names its conditions read]}. */
export function wrongWay(form, needs) {
  const place = new Map(questionsOf(form).map((one) => [one.question.name, one.number]))
  return Object.entries(needs).flatMap(([name, read]) =>
    read.filter((other) => place.has(name) && place.has(other) && place.get(other) >= place.get(name)).map((other) => [name, other]))
}

export function addSection(form, after) {
  const section = { name: freeName("section", form.sections.map((one) => one.name)), questions: [] }
  const at = after ? sectionAt(form, after) + 1 : form.sections.length
  return [{ ...form, sections: inserted(form.sections, at, section) }, section.name]
}

/** The form without one of its languages, in every text. */
export function withoutLanguage(form, code) {
  const isText = (part) => Object.values(part).every((words) => typeof words === "string") && form.languages.some((language) => language in part)
  const clean = (part) => {
    if (Array.isArray(part)) return part.map(clean)
    if (!part || typeof part !== "object") return part
    const kept = Object.entries(part).filter(([key]) => !(key === code && isText(part)))
    return Object.fromEntries(kept.map(([key, inner]) => [key, clean(inner)]))
  }
  return { ...clean(form), languages: form.languages.filter((language) => language !== code) }
}

// Texts --------------------------------------------------------------------------------------------------------------------

/** Every text of a question that is not blank: {place, path (within the question), text}. */
export function textsOf(question, kind) {
  const place = `questions.${question.name}`
  const own = ["label", "hint", "message", "interviewer_note", ...(kind?.settings ?? []).filter((one) => one.kind === "words").map((one) => one.name)]
  const found = own.map((name) => ({ place: `${place}.${name}`, path: [name], text: question[name] }))
  for (const list of ["choices", "rows"])
    (question[list] ?? []).forEach((part, at) => found.push({ place: `${place}.${list}.${part.value}`, path: [list, at, "label"], text: part.label }))
  return found.filter((one) => one.text && Object.values(one.text).some(Boolean))
}

// Undo ---------------------------------------------------------------------------------------------------------------------

/** The documents that were, and those that were undone. Edits of one run (typing in one field) are one step. */
export class History {
  constructor(form) { this.start(form) }

  /** Begin anew: nothing before this can come back. */
  start(form) { Object.assign(this, { form, past: [], future: [], run: "" }) }

  change(form, run = "") {
    if (form === this.form) return
    if (!run || run !== this.run) this.past.push(this.form)
    Object.assign(this, { form, future: [], run })
  }

  endRun() { this.run = "" }

  undo() { return this.step(this.past, this.future) }

  redo() { return this.step(this.future, this.past) }

  step(from, to) {
    if (!from.length) return false
    to.push(this.form)
    this.form = from.pop()
    this.run = ""
    return true
  }
}

/** What differs first between two documents, as a place: where an undo happened. */
export function firstDifference(old, now) {
  const before = new Map(questionsOf(old).map((one) => [one.question.name, one]))
  const after = questionsOf(now)
  const changed = after.find((one) => before.get(one.question.name)?.question !== one.question) ?? after.find((one) => before.get(one.question.name).number !== one.number)
  if (changed) return `questions.${changed.question.name}`
  const section = now.sections.find((one) => !old.sections.includes(one))
  const scale = (now.scales ?? []).find((one) => !(old.scales ?? []).includes(one))
  return section ? `sections.${section.name}` : scale ? `scales.${scale.name}` : "form"
}
