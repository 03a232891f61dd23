import fastify from 'fastify'
import { saidTo, targets } from '../targets.js'

/**
 * Fastify 5, with a library for sessions or by itself.
 *
 * @param {import('../targets.js').Library<import('fastify').FastifyInstance> | null} library
 */
export async function onFastify(library) {
  const app = fastify()
  await library?.mount(app)
  for (const target of targets) {
    app.route({
      method: target.method,
      url: target.path,
      handler: (request, reply) => {
        const said = saidTo(target, library, request)
        if (typeof said === 'number') reply.send(String(said))
        else said.then((number) => reply.send(String(number))).catch((error) => reply.send(error))
      },
    })
  }
  await app.ready()
  return app.routing
}
