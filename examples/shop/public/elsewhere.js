/** On the pages of the second origin: does what the one button or link there would do, without being asked. */
const go = document.querySelector('[data-go]')
if (go instanceof HTMLFormElement) go.submit()
else if (go instanceof HTMLAnchorElement) location.replace(go.href)
