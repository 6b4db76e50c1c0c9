import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { DESCRIBED } from '#lib/cases/schema.ts';
import { CASE_KINDS, CASE_STATUSES, ESCALATION_STATES, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { problemResponse } from './schemas.ts';

const problems = (...statuses: number[]) =>
	Object.fromEntries(
		statuses.map((status) => [
			String(status),
			{ description: 'Problem (RFC 9457)', content: { 'application/problem+json': { schema: problemResponse } } }
		])
	);

const PARAMETERS: Readonly<Record<string, string>> = {
	reference: 'Number of the case, such as SPATULA-1203-26-000123',
	unit: `${DESCRIBED.unit}. Without it: all offices of the token. The leaderboard needs it`,
	scope: 'own: only the office that `unit` names. tree: also the offices below it. Default: own',
	status: `One or more of ${CASE_STATUSES.join(', ')}, separated by commas`,
	kind: `One of ${CASE_KINDS.join(', ')}`,
	q: 'Words to search for, or the number of a case',
	cursor: 'The `next_cursor` of the page before',
	state: `One of ${ESCALATION_STATES.join(', ')}`,
	from: 'First day, YYYY-MM-DD. Default: a year before `to`',
	to: 'Last day, YYYY-MM-DD, in the time zone of the office. Default: today',
	service: `One of ${SERVICE_KINDS.join(', ')}`
};

const parametersNamed = (names: readonly string[], schema: z.ZodType) =>
	z.object(Object.fromEntries(names.map((name) => [name, schema.describe(PARAMETERS[name] ?? name)])));

function parameters(operation: Operation) {
	const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
	return {
		...(names.length > 0 ? { path: parametersNamed(names, z.string()) } : {}),
		...(operation.query?.length ? { query: parametersNamed(operation.query, z.string().optional()) } : {})
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
	const idempotent =
		operation.status === 201 && names.some((name) => name === 'submission_id' || name === 'external_ref');
	const response = {
		content: operation.response === 'file' ? BYTES : { 'application/json': { schema: operation.response } }
	};
	return {
		operationId: id,
		summary: operation.summary,
		description: `Scope: ${operation.scopes.join(' or ')}`,
		requestParams: parameters(operation),
		...body(operation),
		responses: {
			[operation.status]: { description: 'Done', ...response },
			...(idempotent
				? { 200: { description: 'This submission was stored before. The response is the same', ...response } }
				: {}),
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
			description:
				'Complaints, suggestions and ratings of public service offices. Messages are Indonesian, or English with ' +
				'`?lang=en`. Lists have pages: pass `next_cursor` as `cursor` until it is null.'
		},
		servers: [{ url: '/api/v1' }],
		security: [{ bearer: [] }],
		components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
		paths
	});
}
