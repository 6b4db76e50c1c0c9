import type { z } from 'zod';
import { Invalid, type Issue } from './errors.ts';

const CODE = /^[a-z][a-z0-9_]*$/;

/** `raw` as the schema reads it; else Invalid with one issue per field, whose codes are the schema's messages. */
export function checked<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
	const result = schema.safeParse(raw);
	if (result.success) return result.data;
	const issues: Issue[] = [];
	for (const issue of result.error.issues) {
		const path = issue.path.join('.');
		if (!issues.some((known) => known.path === path))
			issues.push({ path, code: CODE.test(issue.message) ? issue.message : 'field_invalid' });
	}
	throw new Invalid(issues);
}
