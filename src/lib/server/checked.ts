import type { z } from 'zod';
import { Invalid, type Issue } from './errors.ts';

const CODE = /^[a-z][a-z0-9_]*$/;

/** White space and invisible characters. A text of these alone counts as empty. */
const BLANK = /^[\s\p{C}\p{Z}\p{M}\u2800\u3164\u115f\u1160\uffa0]+$/u;
/** Deeper than any form or call nests its fields. */
const DEPTH = 4;

/** Turns texts of invisible characters into empty ones, at every depth. */
function withoutBlanks(value: unknown, depth = 0): unknown {
	if (typeof value === 'string') return BLANK.test(value) ? '' : value;
	if (depth === DEPTH) return value;
	if (Array.isArray(value)) return value.map((one) => withoutBlanks(one, depth + 1));
	if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutBlanks(one, depth + 1)]));
}

/** Parses `raw` by the schema. @throws Invalid with one issue per field; the schema's messages are the codes */
export function checked<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
	const result = schema.safeParse(withoutBlanks(raw));
	if (result.success) return result.data;
	const issues: Issue[] = [];
	for (const issue of result.error.issues) {
		const path = issue.path.join('.');
		if (!issues.some((known) => known.path === path))
			issues.push({ path, code: CODE.test(issue.message) ? issue.message : 'field_invalid' });
	}
	throw new Invalid(issues);
}
