// Two edits of one document put together, place by place. What both changed in different ways is a clash, for a person to decide.

import { put } from "./model.js"

const NAMED = { scales: "name", choices: "value", rows: "value" }

/** Whether two documents say the same; what is left out and what is empty are the same. */
export const isSame = (one, other) => written(one) === written(other)

const written = (value) => JSON.stringify(tidy(value) ?? null)

function tidy(value) {
  if (typeof value === "string") return value.trim() || undefined
  if (value === null || value === false || value === undefined) return undefined
  if (Array.isArray(value)) return value.length ? value.map((one) => tidy(one) ?? null) : undefined
  if (typeof value !== "object") return value
  const kept = Object.keys(value).sort().map((key) => [key, tidy(value[key])]).filter(([key, inner]) => inner !== undefined && !(key === "step" && inner === 1))
  return kept.length ? Object.fromEntries(kept) : undefined
}

/** {form, clashes: [{path, mine, theirs}]}: all that only one side changed, and "theirs" where both did, until `decided` says otherwise. */
export function merge(base, mine, theirs) {
  const clashes = []
  const laid = both(laidOut(base), laidOut(mine), laidOut(theirs), [], clashes)
  return { laid, form: putTogether(laid), clashes }
}

/** The merged form with the places in `chosen` (numbers of clashes) as "mine" says. */
export function decided({ laid, clashes }, chosen) {
  return putTogether(clashes.reduce((form, clash, at) => (chosen.has(at) ? put(form, clash.path, clash.mine) : form), laid))
}

/** The document with sections, questions and named parts by their names, and lists of names for their order. */
export function laidOut(form) {
  const { sections, ...rest } = form
  const laid = { ...named(rest), parts: {}, questions: {}, outline: [] }
  for (const { questions = [], ...section } of sections) {
    laid.parts[section.name] = section
    laid.outline.push(`#${section.name}`)
    for (const question of questions) {
      laid.questions[question.name] = named(question)
      laid.outline.push(question.name)
    }
  }
  return laid
}

function named(part) {
  const laid = { ...part }
  for (const [list, key] of Object.entries(NAMED))
    if (Array.isArray(part[list])) {
      laid[list] = Object.fromEntries(part[list].map((one) => [one[key], one]))
      laid[`${list}:order`] = part[list].map((one) => one[key])
    }
  return laid
}

function listed(laid) {
  const part = { ...laid }
  for (const list of Object.keys(NAMED))
    if (laid[list]) {
      part[list] = complete(laid[`${list}:order`] ?? [], laid[list]).map((name) => laid[list][name])
      delete part[`${list}:order`]
    }
  return part
}

export function putTogether({ parts, questions, outline, ...rest }) {
  const sections = []
  const known = { ...questions, ...Object.fromEntries(Object.keys(parts).map((name) => [`#${name}`, true])) }
  for (const token of complete(outline, known)) {
    if (token.startsWith("#")) sections.push({ ...parts[token.slice(1)], questions: [] })
    else {
      if (!sections.length) sections.push({ ...Object.values(parts)[0], questions: [] })
      sections.at(-1).questions.push(listed(questions[token]))
    }
  }
  return { ...listed(rest), sections }
}

/** The names in order that there are, then those that the order forgot. */
const complete = (order, parts) => [...order.filter((name) => name in parts), ...Object.keys(parts).filter((name) => !order.includes(name))]

const isGroup = (value) => value && typeof value === "object" && !Array.isArray(value)

function both(base, mine, theirs, path, clashes) {
  const merged = {}
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = one(base?.[key], mine[key], theirs[key], [...path, key], clashes)
    if (value !== undefined) merged[key] = value
  }
  return merged
}

function one(base, mine, theirs, path, clashes) {
  if (isSame(mine, theirs) || isSame(mine, base)) return theirs
  if (isSame(theirs, base)) return mine
  if (isGroup(mine) && isGroup(theirs)) return both(isGroup(base) ? base : {}, mine, theirs, path, clashes)
  if (Array.isArray(mine) && Array.isArray(theirs) && /outline$|order$/.test(path.at(-1))) return withAdded(mine, theirs)
  clashes.push({ path, mine, theirs })
  return theirs
}

/** My order, with the names that only theirs has, each after the one it follows there. */
function withAdded(mine, theirs) {
  const order = [...mine]
  theirs.forEach((name, at) => { if (!order.includes(name)) order.splice(order.indexOf(theirs[at - 1]) + 1, 0, name) })
  return order
}
