import { expect, test } from 'vitest';
import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { RATING_TAGS } from '#lib/ratings/vocabulary.ts';
import { openApiDocument } from './openapi.ts';
import { OPERATIONS } from './operations.ts';

interface Content {
	content: Record<string, { schema: object }>;
}
interface Document {
	openapi: string;
	components: { schemas: Record<string, { required: string[] }> };
	paths: Record<
		string,
		Record<
			string,
			{
				operationId: string;
				parameters?: { name: string; description?: string }[];
				requestBody?: Content;
				responses?: Record<string, Partial<Content>>;
			}
		>
	>;
}
const document = openApiDocument() as Document;

test('the document contains every call with its scopes', () => {
	expect(document.openapi).toBe('3.1.0');
	const ids = Object.values(document.paths).flatMap((path) =>
		Object.values(path).map((operation) => operation.operationId)
	);
	expect(ids.sort()).toEqual(Object.keys(OPERATIONS).sort());
});

test('a file is described as a response of bytes', () => {
	const content = document.paths['/attachments/{id}']?.get?.responses?.['200']?.content ?? {};
	expect(content['application/pdf']?.schema).toMatchObject({ type: 'string', format: 'binary' });
	expect(content).not.toHaveProperty('application/json');
});

test('a verb is described with the case, and with what is left of it if the change hid the case', () => {
	const content = document.paths['/cases/{reference}/verification']?.post?.responses?.['200']?.content ?? {};
	expect(content['application/json']?.schema).toMatchObject({
		anyOf: [{ $ref: '#/components/schemas/Case' }, { required: ['reference', 'status', 'version'] }]
	});
	expect(document.components.schemas.Case?.required).toEqual(expect.arrayContaining(['unit', 'clocks']));
});

test('the body of a rating is described with all fields of its schema', () => {
	const body = document.paths['/ratings']?.post?.requestBody?.content['application/json']?.schema as {
		properties: Record<string, unknown>;
		required: string[];
	};
	expect(Object.keys(body.properties)).toEqual(
		expect.arrayContaining([
			'unit',
			'officer',
			'place',
			'visit_token',
			'score',
			'aspects',
			'tags',
			'comment',
			'given_at',
			'submission_id'
		])
	);
	expect(body.required).toEqual(expect.arrayContaining(['submission_id']));
	expect(JSON.stringify(body.properties.aspects)).toContain('courtesy');
});

test('values that the directory lists have the types that calls take', () => {
	const itemsOf = (path: string) => JSON.stringify(document.paths[path]?.get?.responses?.['200']?.content);
	expect(itemsOf('/services')).toContain(JSON.stringify(SERVICE_KINDS));
	expect(itemsOf('/tags')).toContain(JSON.stringify(RATING_TAGS));
});

test('every parameter, and every field whose format or meaning its name does not show, is described', () => {
	const described = Object.values(document.paths).flatMap((path) => Object.values(path));
	for (const { operationId, parameters = [] } of described)
		for (const { name, description } of parameters)
			expect(description !== undefined && (name === 'id' || description !== name), `${operationId} ${name}`).toBe(true);
	const { properties } = document.paths['/cases']?.post?.requestBody?.content['application/json']?.schema as {
		properties: Record<string, { description?: string }>;
	};
	for (const name of ['unit', 'service', 'officer', 'place', 'incident_on', 'channel', 'received_at', 'submission_id'])
		expect(properties[name]?.description, name).toBeDefined();
});

test('only calls that name what they send can be repeated with the same answer', () => {
	const idempotent = Object.entries(document.paths).filter(([, { post }]) =>
		['200', '201'].every((status) => post?.responses?.[status])
	);
	expect(idempotent.map(([path]) => path).sort()).toEqual(['/cases', '/ratings', '/visits']);
});
