/**
 * The bare program beside which submissions are measured: an HTTP server with the database driver only. It reads a
 * rating or a case from a body of JSON or of a form, and writes the rows that the product writes for it, in one
 * transaction, into a database that the product made. It checks nothing.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { openDriver, type Ask, type Row } from './driver.ts';
import { addingFigures, copiesOf } from './rows.ts';

const { PORT, DATA_DIR = '', DATABASE_URL } = process.env;
const inTransaction = await openDriver(DATABASE_URL, DATA_DIR);

/** The site stored one rating and one case. Their rows are copied. */
const copies = await inTransaction(async (ask) => ({
	rating: await copiesOf(ask, 'ratings'),
	daily: await copiesOf(ask, 'rating_daily', { more: addingFigures('rating_daily') }),
	monthly: await copiesOf(ask, 'rating_monthly', { more: addingFigures('rating_monthly') }),
	case: await copiesOf(ask, 'cases', { more: () => 'returning id' }),
	clocks: await copiesOf(ask, 'clocks'),
	timeline: await copiesOf(ask, 'timeline'),
	job: await copiesOf(ask, 'pgboss.job', {
		of: ['name', 'data', 'policy', 'retry_limit', 'expire_seconds', 'deletion_seconds'],
		where: `name = 'case-event'`
	})
}));

async function storeRating(ask: Ask, { officer, score, comment, submission_id }: Row): Promise<string> {
	const id = crypto.randomUUID();
	const own = { id, officer_id: officer, score: Number(score), comment, submission_hash: submission_id };
	await ask(...copies.rating(() => own));
	const ofOfficer = ({ key, officer_id }: Row) => ({
		key: String(key).replace(String(officer_id), String(officer)),
		officer_id: officer
	});
	await ask(...copies.daily(ofOfficer));
	await ask(...copies.monthly(ofOfficer));
	return id;
}

async function storeCase(ask: Ask, { body, submission_id }: Row): Promise<string> {
	const reference = `SPATULA-${crypto.randomUUID()}`;
	const own = { reference, body, submission_hash: submission_id, receipt_hash: submission_id };
	const [row] = await ask(...copies.case(() => own));
	const case_id = row?.id;
	await ask(...copies.clocks(() => ({ id: crypto.randomUUID(), case_id })));
	await ask(...copies.timeline(() => ({ case_id })));
	await ask(...copies.job(() => ({ data: { caseId: Number(case_id), seq: 1 } })));
	return reference;
}

const server = createServer((request, response) => {
	const respond = async () => {
		if (request.method !== 'POST') return response.writeHead(200).end('ready');
		const body = await text(request);
		const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
		const input = (isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))) as Row;
		const store = request.url === '/ratings' ? storeRating : storeCase;
		const id = await inTransaction((ask) => store(ask, input));
		if (isJson) return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
		return response.writeHead(303, { location: '/' }).end();
	};
	respond().catch((error: unknown) => {
		console.error(error);
		response.writeHead(500).end();
	});
});
server.listen(Number(PORT), '127.0.0.1');
