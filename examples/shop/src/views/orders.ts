import { ago } from '../ago.js'
import { type Html, html } from '../html.js'
import { money } from '../money.js'
import type { Order } from '../orders.js'
import type { Page } from './layout.js'

/** One order. */
export function orderPage(order: Order, now: number): Page {
  return {
    title: `Order ${order.id}`,
    main: html`<h1>Order ${order.id}</h1>
    <p class="lead">Placed ${moment(order, now)}. It will be packed on the next dry day, and sail with the tide.</p>
    <table>
      <thead><tr><th scope="col">Thing</th><th scope="col" class="number">Each</th><th scope="col" class="number">Total</th></tr></thead>
      <tbody>
        ${order.lines.map(
          ({ name, quantity, price }) =>
            html`<tr><th scope="row">${quantity} × ${name}</th><td class="number">${money(price)}</td><td class="number">${money(price * quantity)}</td></tr>
        `,
        )}
      </tbody>
      <tfoot><tr><th scope="row" colspan="2">Sum</th><td class="number">${money(order.total)}</td></tr></tfoot>
    </table>
    <p class="actions"><a class="button" href="/">Back to the goods</a> <a class="button quiet" href="/orders">All orders</a></p>`,
  }
}

/** All orders of somebody. */
export function ordersPage(orders: readonly Order[], now: number): Page {
  return {
    title: 'Orders',
    place: 'orders',
    main: html`<h1>Your orders</h1>
    ${orders.length === 0 ? none : html`<ul class="orders">${orders.map((order) => entry(order, now))}</ul>`}`,
  }
}

const none = html`<p class="lead">None yet.</p>
    <p><a class="button" href="/">Look at the goods</a></p>`

function entry(order: Order, now: number): Html {
  const things = order.lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')
  return html`<li class="device">
        <div class="words">
          <h2><a href="/orders/${order.id}">Order ${order.id}</a></h2>
          <p>${things}</p>
          <p>Placed ${moment(order, now)}.</p>
        </div>
        <b class="price">${money(order.total)}</b>
      </li>
      `
}

function moment({ placedAt }: Order, now: number): Html {
  return html`<time datetime="${new Date(placedAt).toISOString()}">${ago(placedAt, now)}</time>`
}
