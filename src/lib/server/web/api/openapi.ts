import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { OPERATIONS, type Operation } from './operations.ts';
import { problemResponse } from './schemas.ts';

const problems = (...statuses: number[]) =>
	Object.fromEntries(
		statuses.map((status) => [
			String(status),
			{ description: 'Problem (RFC 9457)', content: { 'application/problem+json': { schema: problemResponse } } }
		])
	);

function parameters(operation: Operation) {
	const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
	return {
		...(names.length > 0 ? { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } : {}),
		...(operation.query?.length
			? { query: z.object(Object.fromEntries(operation.query.map((name) => [name, z.string().optional()]))) }
			: {})
	};
}

function body(operation: Operation) {
	if (!operation.body) return {};
	if (operation.body === 'file') {
		const schema = z.object({ file: z.string().meta({ format: 'binary' }) });
		return { requestBody: { required: true, content: { 'multipart/form-data': { schema } } } };
	}
	return { requestBody: { required: true, content: { 'application/json': { schema: operation.body } } } };
}

/** Media types of files: pictures and documents. */
const BYTES = Object.fromEntries(
	['image/*', 'application/pdf'].map((type) => [type, { schema: z.string().meta({ format: 'binary' }) }])
);

function describe(id: string, operation: Operation): ZodOpenApiOperationObject {
	const names = operation.body instanceof z.ZodObject ? Object.keys(operation.body.shape) : [];
	const repeatable =
		operation.status === 201 && names.some((name) => name === 'submission_id' || name === 'external_ref');
	const response = {
		content: operation.response === 'file' ? BYTES : { 'application/json': { schema: operation.response } }
	};
	return {
		operationId: id,
		summary: operation.summary,
		description: operation.scopes ? `Scope: ${operation.scopes.join(' or ')}` : undefined,
		requestParams: parameters(operation),
		...body(operation),
		responses: {
			[operation.status]: { description: 'Done', ...response },
			...(repeatable ? { 200: { description: 'Done before, same answer', ...response } } : {}),
			...problems(401, 403, 404, ...(operation.method === 'post' ? [409, 413, 415, 422, 429] : [422]))
		}
	};
}

/** The OpenAPI 3.1 document, made from the schemas that check the calls. */
export function openApiDocument(): object {
	const paths: ZodOpenApiPathsObject = {};
	for (const [id, operation] of Object.entries(OPERATIONS)) {
		paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(id, operation) };
	}
	return createDocument({
		openapi: '3.1.0',
		info: {
			title: 'SPATULA',
			version: '1',
			description: 'Complaints, suggestions and ratings of public service offices.'
		},
		servers: [{ url: '/api/v1' }],
		security: [{ bearer: [] }],
		components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
		paths
	});
}
