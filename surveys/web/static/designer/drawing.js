// Draws a description of elements, and changes only what differs from the last drawing: a control keeps its focus and its cursor.

const IN_SVG = new Set(["svg", "use"])
const LIVE = new Set(["value", "checked", "disabled", "hidden", "open", "className", "tabIndex"])

/** Describe one element: `h("p", {class: "hint", key: "a"}, "words", h("b", {}, "more"))`. A string is text; null, false and "" are nothing. */
export function h(tag, about, ...inside) {
  const { key, ...props } = about ?? {}
  return { tag, props, key, inside: inside.flat(5).filter((one) => one || one === 0).map(asNode) }
}

const asNode = (one) => (typeof one === "object" ? one : { words: String(one) })

/** Make `parent` hold exactly what is described. The same description object as last time is not looked at again. */
export function draw(parent, described) {
  const focused = document.activeElement
  fill(parent, [described].flat(5).filter(Boolean).map(asNode))
  if (focused !== document.activeElement && focused?.isConnected && parent.contains(focused)) focused.focus({ preventScroll: true })
}

function fill(parent, wanted) {
  if (!parent.drawn) parent.replaceChildren() // what the page said before there was a script
  const left = new Map()
  const free = []
  for (const old of parent.drawn ?? []) old.is.key === undefined ? free.push(old) : left.set(old.is.key, old)
  parent.drawn = wanted.map((is) => {
    const old = is.key === undefined ? free.shift() : left.get(is.key)
    if (old && is.key !== undefined) left.delete(is.key)
    const fits = old && old.is.tag === is.tag
    if (old && !fits) old.node.remove()
    return { is, node: fits ? changed(old.node, old.is, is) : made(is) }
  })
  for (const old of [...free, ...left.values()]) old.node.remove()
  parent.drawn.forEach(({ node }, place) => {
    if (parent.childNodes[place] !== node) parent.insertBefore(node, parent.childNodes[place] ?? null)
  })
}

function made(is) {
  if (!is.tag) return document.createTextNode(is.words)
  const node = IN_SVG.has(is.tag) ? document.createElementNS("http://www.w3.org/2000/svg", is.tag) : document.createElement(is.tag)
  return changed(node, { props: {} }, is)
}

function changed(node, was, is) {
  if (was === is) return node
  if (!is.tag) {
    if (was.words !== is.words) node.data = is.words
    return node
  }
  fill(node, is.inside)
  for (const name of Object.keys(was.props)) if (!(name in is.props)) set(node, name, undefined)
  for (const [name, value] of Object.entries(is.props)) if (LIVE.has(name) || was.props[name] !== value) set(node, name, value)
  return node
}

function set(node, name, value) {
  if (name.startsWith("on")) node[name] = value ?? null
  else if (LIVE.has(name)) {
    const wanted = value ?? (name === "value" ? "" : false)
    if (node[name] !== wanted) node[name] = wanted
  } else if (value === undefined || value === null || value === false) node.removeAttribute(name)
  else node.setAttribute(name, value === true ? "" : value)
}

/** A drawing of ours: `icon("grip")` is the symbol #i-grip of the page. */
export const icon = (name) => h("svg", { class: `icon i-${name}`, "aria-hidden": "true" }, h("use", { href: `#i-${name}` }))

/** Remembers descriptions: while what they were made from stays the same, the same object is given again. */
export function memory() {
  const kept = new Map()
  return (key, from, make) => {
    const known = kept.get(key)
    if (known && known.from.length === from.length && known.from.every((one, place) => one === from[place])) return known.made
    const now = make()
    kept.set(key, { from, made: now })
    return now
  }
}
