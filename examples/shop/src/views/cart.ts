import { type CartLine, countOf, MOST_OF_ONE, totalOf } from '../cart.js'
import { type Html, html } from '../html.js'
import { money } from '../money.js'
import type { Page } from './layout.js'
import { pictureOf } from './pictures.js'

/** What is in the cart, and the way to an order. */
export function cartPage(lines: readonly CartLine[], signedIn: boolean): Page {
  return {
    title: 'Cart',
    place: 'cart',
    main: html`<h1>Your cart</h1>
    ${lines.length === 0 ? empty : filled(lines, signedIn)}`,
  }
}

const empty = html`<p class="lead">Nothing in it yet.</p>
    <p><a class="button" href="/">Look at the goods</a></p>`

function filled(lines: readonly CartLine[], signedIn: boolean): Html {
  return html`<ul class="lines">
      ${lines.map(line)}
    </ul>
    <div class="sum">
      <p><span>${countOf(lines)} ${countOf(lines) === 1 ? 'thing' : 'things'}</span> <b class="price large">${money(totalOf(lines))}</b></p>
      ${
        signedIn
          ? html`<form method="post" action="/checkout"><button>Place the order</button></form>`
          : html`<p><a class="button" href="/sign-in?next=%2Fcart">Sign in to order</a></p>
      <p class="hint">Your cart comes with you. New here? <a href="/sign-up?next=%2Fcart">Make an account</a>, it takes
      three lines.</p>`
      }
    </div>`
}

function line({ item, quantity }: CartLine): Html {
  return html`<li id="${item.sku}" class="line">
        <div class="tile small">${pictureOf(item.sku)}</div>
        <div class="words">
          <h2><a href="/goods/${item.sku}">${item.name}</a></h2>
          <p class="price">${money(item.price * quantity)}</p>
        </div>
        <form method="post" action="/cart/${item.sku}" class="stepper">
          <button name="quantity" value="${quantity - 1}" aria-label="One ${item.name} less">−</button>
          <output aria-label="Quantity">${quantity}</output>
          <button name="quantity" value="${quantity + 1}" aria-label="One ${item.name} more"${quantity >= MOST_OF_ONE && html` disabled`}>+</button>
          <button class="plain" name="quantity" value="0" aria-label="Remove ${item.name}">Remove</button>
        </form>
      </li>
      `
}
