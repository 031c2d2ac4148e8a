// Brings the page up to date: asks for it again and takes over what differs, so that focus, selection, scroll positions and
// what was unfolded stay as they are.
'use strict'

{
  const every = 3000 // ms between two looks
  const patience = 10000 // ms that an answer may take
  const lost = document.getElementById('lost')
  let heard = new Date()

  // What the reader has folded or unfolded stays so.
  document.addEventListener('click', event => {
    event.target.closest('summary')?.parentElement.setAttribute('data-folded-by-reader', '')
  })

  // attributes makes the attributes of an element those of another one.
  const attributes = (old, fresh) => {
    const folded = old.hasAttribute('data-folded-by-reader')
    const keep = name => folded && (name === 'open' || name === 'data-folded-by-reader')
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !keep(name)) old.removeAttribute(name)
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value && !keep(name)) old.setAttribute(name, value)
    }
  }

  const same = (old, fresh) => old.nodeName === fresh.nodeName && old.id === fresh.id

  // further tells whether a node or one behind it has the id.
  const further = (node, id) => {
    while (node && node.id !== id) node = node.nextSibling
    return node !== null
  }

  // drop removes a node and returns the one behind it.
  const drop = node => {
    const next = node.nextSibling
    node.remove()
    return next
  }

  // patch makes a node like another one, which is used up. Children are taken for the same by their id, or else their order.
  const patch = (old, fresh) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data
      return
    }
    attributes(old, fresh)
    let at = old.firstChild
    for (const child of [...fresh.childNodes]) {
      if (child.id && further(at, child.id)) {
        while (at.id !== child.id) at = drop(at)
      }
      if (at && same(at, child)) {
        const next = at.nextSibling
        patch(at, child)
        at = next
      } else {
        old.insertBefore(child, at)
      }
    }
    while (at) at = drop(at)
  }

  const look = async () => {
    const answer = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(patience) })
    if (!answer.ok) throw new Error(answer.statusText)
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const script = page => page.querySelector('script').getAttribute('src')
    if (script(fresh) !== script(document)) return location.reload() // the node runs another version
    document.title = fresh.title
    for (const part of ['header', 'main']) patch(document.querySelector(part), fresh.querySelector(part))
    heard = new Date()
    lost.textContent = ''
  }

  const again = async () => {
    if (!document.hidden) {
      try {
        await look()
      } catch {
        lost.textContent = `This node has not answered since ${heard.toISOString().slice(11, 19)}. What is shown is what it said then.`
      }
    }
    setTimeout(again, every)
  }
  setTimeout(again, every)
}
