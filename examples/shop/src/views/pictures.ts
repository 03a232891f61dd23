import { type Html, html } from '../html.js'

/** The drawing of an item; its colours are those of the style sheet, so that it fits light and dark. */
export function pictureOf(sku: string): Html {
  return html`<svg class="picture" viewBox="0 0 120 120" width="120" height="120" aria-hidden="true">${drawings[sku]}</svg>`
}

/** A rope along a path: the line itself, and across it the lay of its strands. */
function rope(path: string, width: number): Html {
  return html`<path class="rope" d="${path}" stroke-width="${width}"/><path class="lay" d="${path}" stroke-width="${width}"/>`
}

const drawings: Record<string, Html> = {
  'monkeys-fist': html`<circle class="stroke brass-line" cx="60" cy="22" r="12" stroke-width="4"/>
    ${rope('M60 34v18', 8)}
    <circle class="rope-fill" cx="60" cy="78" r="29"/>
    ${rope('M40 62q-10 18 2 34M52 54q-10 24 0 48M68 54q10 24 0 48M80 62q10 18-2 34', 9)}
    ${rope('M36 70q24-10 48 0M34 82q26-10 52 0M40 94q20-8 40 0', 9)}`,
  'three-strand-line': html`${rope('M60 98c-26 0-40-10-40-20s14-20 40-20 40 10 40 20-14 20-40 20', 9)}
    ${rope('M60 84c-26 0-40-10-40-20s14-20 40-20 40 10 40 20-14 20-40 20', 9)}
    ${rope('M60 70c-26 0-40-10-40-20s14-20 40-20 40 10 40 20-14 20-40 20', 9)}
    ${rope('M60 56c-26 0-40-10-40-20s14-20 40-20 40 10 40 20q0 9-12 20q-8 8-4 44l12 12', 9)}
    <path class="stroke red-line" d="M92 100l8 8" stroke-width="10"/>`,
  cleat: html`<path class="wood" d="M46 62h28l10 34H36z"/>
    <path class="wood-deep" d="M36 96h48v6H36z"/>
    <path class="wood" d="M10 46q14-6 28 0q22 8 44 0q14-6 28 0q4 4-2 10q-12 10-28 10H40q-16 0-28-10q-6-6-2-10z"/>
    ${rope('M22 40l76 32M98 40L22 72', 7)}
    <circle class="brass" cx="48" cy="92" r="3"/><circle class="brass" cx="72" cy="92" r="3"/>`,
  'soft-shackle': html`<path class="stroke blue-line" d="M60 100C20 92 16 34 52 24M60 100C100 92 104 34 68 24" stroke-width="9"/>
    <path class="stroke blue-lay" d="M60 100C20 92 16 34 52 24M60 100C100 92 104 34 68 24" stroke-width="9"/>
    <path class="blue" d="M60 10l16 15-16 15-16-15z"/>
    <path class="stroke sail-line" d="M52 25h16M60 17v16" stroke-width="2.5"/>`,
  block: html`${rope('M60 8v24', 8)}
    <circle class="stroke brass-line" cx="60" cy="22" r="9" stroke-width="4"/>
    <path class="wood" d="M60 30c22 0 30 16 30 36s-12 42-30 42-30-22-30-42 8-36 30-36z"/>
    <path class="wood-deep" d="M52 34h16v72q-8 4-16 0z"/>
    <circle class="dark" cx="60" cy="68" r="20"/>
    <circle class="wood" cx="60" cy="68" r="14"/>
    <circle class="brass" cx="60" cy="68" r="6"/>`,
  'ditty-bag': html`${rope('M38 36C30 8 90 8 82 36', 6)}
    <path class="sail" d="M34 38h52l8 60q0 10-12 10H38q-12 0-12-10z"/>
    <path class="sail-deep" d="M32.5 50h55l1 9h-57z"/>
    <path class="stroke dash" d="M60 60v46M28 94h64" stroke-width="1.5"/>
    <path class="stroke red-line" d="M44 74l14 18M58 74l-14 18" stroke-width="4"/>
    <circle class="brass" cx="42" cy="45" r="3"/><circle class="brass" cx="60" cy="45" r="3"/><circle class="brass" cx="78" cy="45" r="3"/>`,
  lantern: html`<path class="stroke brass-line" d="M44 34C36 4 84 4 76 34" stroke-width="3.5"/>
    <path class="brass" d="M48 22h24l8 16H40z"/>
    <path class="glow" d="M40 38h40q8 24 0 46H40q-8-22 0-46z"/>
    <path class="flame" d="M60 48q12 14 6 24q-6 6-12 0q-6-10 6-24z"/>
    <path class="stroke brass-line" d="M40 38q-8 24 0 46M80 38q8 24 0 46M36 61h48" stroke-width="3"/>
    <path class="brass" d="M36 84h48l6 22H30z"/>
    <path class="brass-deep" d="M28 102h64v7H28z"/>`,
  bell: html`<path class="brass-deep" d="M52 12h16v14H52z"/>
    <path class="brass" d="M60 20c20 0 22 16 24 34q2 18 14 26v6H22v-6q12-8 14-26c2-18 4-34 24-34z"/>
    <path class="brass-deep" d="M22 80h76v7H22z"/>
    <path class="stroke shine" d="M46 34q-4 8-5 22" stroke-width="4"/>
    ${rope('M60 88v22', 9)}
    <circle class="rope-fill" cx="60" cy="110" r="7"/>`,
  mat: html`<rect class="rope-deep-fill" x="10" y="26" width="100" height="68" rx="20"/>
    ${rope('M22 38C46 26 46 94 70 82S94 26 98 44M98 82C74 94 74 26 50 38S26 94 22 76', 9)}
    ${rope('M22 60C46 26 74 26 98 60C74 94 46 94 22 60', 9)}
    ${rope('M30 30h60q14 0 14 14v32q0 14-14 14H30q-14 0-14-14V44q0-14 14-14', 9)}`,
  fid: html`<path class="wood" d="M24 100Q14 90 24 80L84 30Q104 14 106 14T90 36L40 96Q32 106 24 100z"/>
    <path class="stroke wood-line" d="M30 92Q50 72 92 28" stroke-width="2"/>
    ${rope('M30 24q14-6 22 8t26 56', 8)}
    ${rope('M14 40q16-6 30 6t52 20', 8)}`,
}
