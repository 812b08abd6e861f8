// Evaluates a condition compiled by forms/conditions.py: the same rules, proven by tests/examples/conditions.json.
// answers: {key: number or text}; a missing key is a missing answer (null).
function conditionHolds(tree, answers) {
  function get(key) {
    var v = Object.prototype.hasOwnProperty.call(answers, key) ? answers[key] : null
    if (typeof v == 'boolean') v = +v
    return typeof v == 'number' ? finite(v) : typeof v == 'string' ? v : null
  }
  function finite(v) { return isFinite(v) ? v : null }
  function holds(v) { return v !== null && v !== 0 && v !== '' }
  function options(question) {
    return Object.keys(answers).filter(function (key) {
      return !key.indexOf(question + '/') && !/:|\/(comment|quote|other)$/.test(key) && get(key) !== null
    })
  }
  function more(key) { return typeof get(key) == 'number' && get(key) > 0 }
  function value(t) {
    if (!Array.isArray(t)) return t
    var op = t[0], q = t[1], a, b, same
    if (op == 'get') return get(q)
    if (op == 'selected') return +(get(q) === t[2] || more(q + '/' + t[2]))
    if (op == 'count_selected') return options(q).filter(more).length
    if (op == 'is_blank') return +(get(q) === null && !options(q).length)
    a = value(q)
    if (op == 'not') return +!holds(a)
    if (op == 'neg') return typeof a == 'number' ? -a : null
    b = value(t[2])
    if (op == 'and') return +(holds(a) && holds(b))
    if (op == 'or') return +(holds(a) || holds(b))
    same = a !== null && typeof a == typeof b
    if (op == '=') return +(same && a === b)
    if (op == '!=') return +!(same && a === b)
    if (/[<>]/.test(op)) return +(same && (op == '<' ? a < b : op == '<=' ? a <= b : op == '>' ? a > b : a >= b))
    if (!same || typeof a != 'number') return null
    return finite(op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : b ? a / b : NaN)
  }
  return holds(value(tree))
}
