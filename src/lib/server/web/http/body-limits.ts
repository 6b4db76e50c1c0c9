import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { HOOK_BODY } from '#lib/server/uploads/limits.ts';

/** Characters of a field's name or a JSON key. */
export const MAX_NAME_LENGTH = 100;
/** Levels of nesting: `a.b.c.d` in a form, four objects or lists inside each other in JSON. */
export const MAX_DEPTH = 4;

/** Names with one of these parts are dropped, because they would change the prototype of an object. */
export const UNSAFE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The body exceeds one of the limits of this file. */
export class BodyTooLarge extends Error {
	override name = 'BodyTooLarge';
}

/** @throws BodyTooLarge if the name is too long or nested too deeply */
export function checkName(name: string): void {
	if (name.length > MAX_NAME_LENGTH || name.split('.').length > MAX_DEPTH) throw new BodyTooLarge();
}

/** The body of a request, also of one that does not say its length. @throws BodyTooLarge above the limit */
export async function bodyWithin(request: Request, bytes: number): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	// Not by `for await`: leaving it would cancel the body, which closes the connection before the refusal is sent.
	const reader = request.body?.getReader();
	for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
		size += read.value.length;
		if (size > bytes) throw new BodyTooLarge();
		chunks.push(read.value);
	}
	return Buffer.concat(chunks);
}

/** The body of a call to a webhook. @throws the API problem with status 413 above the limit */
export async function hookBody(request: Request): Promise<Buffer> {
	try {
		return await bodyWithin(request, HOOK_BODY);
	} catch (cause) {
		if (isTooLarge(cause)) refuseTooLarge();
		throw cause;
	}
}

/** Throws the error page or the API problem with status 413. */
export function refuseTooLarge(): never {
	error(413, { message: m.error_body_too_large() });
}

/** Whether an error means 413: a BodyTooLarge, or SvelteKit's error for a body above the limit of the server. */
export const isTooLarge = (cause: unknown): boolean =>
	cause instanceof BodyTooLarge || (cause instanceof Error && 'status' in cause && cause.status === 413);
