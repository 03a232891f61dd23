import { MOST_OF_ONE } from '../cart.js'
import { catalogue, type Item } from '../catalogue.js'
import { type Html, html } from '../html.js'
import { money } from '../money.js'
import type { Page } from './layout.js'
import { pictureOf } from './pictures.js'

/** Everything there is. */
export function cataloguePage(): Page {
  return {
    title: 'Ship’s goods',
    place: 'shop',
    main: html`<h1>Made to hold</h1>
    <p class="lead">Ten things for boats, and for those who would rather be on one. Tied, turned and sewn by hand.</p>
    <ul class="goods">
      ${catalogue.map(card)}
    </ul>`,
  }
}

/** One item by itself. */
export function itemPage(item: Item): Page {
  return {
    title: item.name,
    main: html`<a class="back-link" href="/">All goods</a>
    <article class="item">
      <div class="tile">${pictureOf(item.sku)}</div>
      <div>
        <h1>${item.name}</h1>
        <p class="price large">${money(item.price)}</p>
        <p>${item.story}</p>
        <ul class="facts">${item.facts.map((fact) => html`<li>${fact}</li>`)}</ul>
        <form method="post" action="/cart" class="row">
          <input type="hidden" name="sku" value="${item.sku}">
          <input type="hidden" name="back" value="/goods/${item.sku}">
          <label for="quantity">How many</label>
          <input id="quantity" type="number" name="quantity" value="1" min="1" max="${MOST_OF_ONE}" required>
          <button>Add to cart</button>
        </form>
      </div>
    </article>`,
  }
}

function card(item: Item): Html {
  return html`<li id="${item.sku}" class="card">
        <a class="tile" href="/goods/${item.sku}" tabindex="-1" aria-hidden="true">${pictureOf(item.sku)}</a>
        <div class="words">
          <h2><a href="/goods/${item.sku}">${item.name}</a></h2>
          <p>${item.line}</p>
          <form method="post" action="/cart" class="buy">
            <span class="price">${money(item.price)}</span>
            <input type="hidden" name="sku" value="${item.sku}">
            <input type="hidden" name="quantity" value="1">
            <input type="hidden" name="back" value="/#${item.sku}">
            <button aria-label="Add ${item.name} to cart">Add</button>
          </form>
        </div>
      </li>
      `
}
