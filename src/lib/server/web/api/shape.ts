import { z } from 'zod';

const camelCase = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Returns the parts of a value that the schema of a response names, in the order of the schema, with times as ISO text.
 * The key `due_at` is read from `due_at` or `dueAt`. In a union, the first object counts whose keys are all there.
 *
 * @throws Error if a key is missing
 */
export function shaped(schema: z.ZodType, value: unknown): unknown {
	if (value instanceof Date) return value.toISOString();
	if (value === null) return null;
	if (schema instanceof z.ZodNullable) return shaped(schema.unwrap() as z.ZodType, value);
	if (schema instanceof z.ZodArray) return (value as unknown[]).map((one) => shaped(schema.element as z.ZodType, one));
	const options: readonly unknown[] = schema instanceof z.ZodUnion ? schema.options : [schema];
	const objects = options.filter((one) => one instanceof z.ZodObject);
	if (objects.length === 0) return value;
	const row = value as Record<string, unknown>;
	const valueOf = (key: string) => (key in row ? row[key] : row[camelCase(key)]);
	const fitting = objects.find(({ shape }) => Object.keys(shape).every((key) => valueOf(key) !== undefined));
	if (!fitting) throw new Error(`this response lacks a key of its schema: ${Object.keys(row).join(', ')}`);
	return Object.fromEntries(
		Object.entries(fitting.shape).map(([key, part]) => [key, shaped(part as z.ZodType, valueOf(key))])
	);
}
