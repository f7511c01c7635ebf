// Keeps a page up to date. Without it, reload.
'use strict'
const events = new EventSource('/live')
events.onmessage = async () => {
  // Nobody's typing is thrown away.
  if (document.querySelector('details[open] form, input:focus, select:focus')) return
  const answer = await fetch(location.href)
  if (!answer.ok) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const at = document.activeElement?.getAttribute('href')
  document.querySelector('main').replaceWith(page.querySelector('main'))
  if (at) document.querySelector(`main a[href="${CSS.escape(at)}"]`)?.focus()
}
