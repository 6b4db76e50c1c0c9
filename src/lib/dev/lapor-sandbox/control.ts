import { z } from 'zod';
import { ENDPOINTS, FAULT_KINDS, type FaultPlan, faultPlanSchema } from './faults.ts';
import { contentType, html, json, jsonBody, refusal, seeOther, type Answer, type Incoming } from './http.ts';
import type { SandboxOptions, ShownLetter } from './options.ts';
import { letterPage, lettersPage, listPage, reportPage } from './pages.ts';
import type { StoredReport } from './records.ts';
import type { SandboxStore } from './store.ts';

/** Moving a report's status, as somebody at LAPOR would. Any name: also one that a client doesn't know. */
const statusSchema = z.strictObject({
	status_name: z.string().trim().min(1).max(100),
	note: z.string().trim().max(1000).default('')
});

const followupSchema = z.strictObject({
	content: z.string().trim().min(1).max(5000),
	institution_from: z.string().trim().min(1).max(200).default('Admin SP4N-LAPOR!'),
	institution_to: z.string().trim().max(200).default(''),
	/** Moves the status with it. */
	status_new: z.string().trim().max(100).optional(),
	attachments: z
		.array(z.strictObject({ path: z.string(), file_name: z.string(), extension: z.string() }))
		.max(10)
		.default([])
});

function moveStatus(store: SandboxStore, report: StoredReport, given: unknown): z.ZodError | undefined {
	const { data, error } = statusSchema.safeParse(given);
	if (error) return error;
	store.moveStatus(report, data.status_name, data.note);
	return undefined;
}

function addFollowup(store: SandboxStore, report: StoredReport, given: unknown) {
	const { data, error } = followupSchema.safeParse(given);
	if (error) return { error };
	const followup = store.addFollowup(report, {
		content: data.content,
		institutionFrom: data.institution_from,
		institutionTo: data.institution_to,
		statusOld: data.status_new ? report.statusName : null,
		statusNew: data.status_new || null,
		attachments: data.attachments,
		by: 'sandbox'
	});
	if (data.status_new) store.moveStatus(report, data.status_new, '');
	return { followup };
}

const invalid = (error: z.ZodError) => refusal(422, z.prettifyError(error));

/** The levers of tests: faults, what was received, moves at LAPOR's side. Undefined: not one of them. */
export function answerControl(store: SandboxStore, faults: FaultPlan, incoming: Incoming): Answer | undefined {
	const { method, url } = incoming;
	if (!url.pathname.startsWith('/_')) return undefined;
	switch (`${method} ${url.pathname}`) {
		case 'POST /_faults': {
			const plan = faultPlanSchema.safeParse(jsonBody(incoming));
			if (!plan.success) return invalid(plan.error);
			faults.set(plan.data);
			return json(200, faults.list());
		}
		case 'DELETE /_faults':
			faults.clear();
			return json(200, faults.list());
		case 'GET /_faults':
			return json(200, faults.list());
		case 'GET /_reports':
			return json(200, received(store, url.searchParams.get('text')));
		case 'GET /_files':
			return json(200, store.files);
		case 'POST /_reset':
			store.reset();
			faults.clear();
			return json(200, { reset: true });
		default:
			return moveReport(store, incoming);
	}
}

/** Oldest first; `text` keeps those whose tag or content holds it. */
function received(store: SandboxStore, text: string | null) {
	if (text === null) return store.reports;
	return store.reports.filter(({ payload }) =>
		[payload['tags_raw'], payload['content']].some((part) => String(part).includes(text))
	);
}

function moveReport(store: SandboxStore, incoming: Incoming): Answer {
	const [, id, what] = /^\/_reports\/(\d+)(?:\/(status|followups))?$/.exec(incoming.url.pathname) ?? [];
	const report = store.report(Number(id));
	if (!report) return refusal(404, 'Not found.');
	if (incoming.method === 'GET' && !what) return json(200, report);
	if (incoming.method !== 'POST' || !what) return refusal(405, 'Method not allowed.');
	if (what === 'status') {
		const error = moveStatus(store, report, jsonBody(incoming));
		return error ? invalid(error) : json(200, report);
	}
	const { followup, error } = addFollowup(store, report, jsonBody(incoming));
	return error ? invalid(error) : json(201, followup);
}

/** The web page for people: what was received, and forms that play LAPOR's part. Undefined: no such page. */
export function answerPage(
	store: SandboxStore,
	faults: FaultPlan,
	incoming: Incoming,
	letters: SandboxOptions['letters']
): Answer | undefined {
	const { method, url } = incoming;
	if (url.pathname === '/' && method === 'GET') {
		const page = Math.max(1, Math.floor(Number(url.searchParams.get('hal') ?? 1)) || 1);
		return html(200, listPage(store.reports, faults.list().faults, page));
	}
	if (url.pathname === '/gangguan' && method === 'POST') return changeFaults(faults, incoming);
	if (url.pathname.startsWith('/surat')) return mailPage(incoming, letters?.());
	const [, id, what] = /^\/laporan\/(\d+)(?:\/(status|tindak-lanjut))?$/.exec(url.pathname) ?? [];
	const report = store.report(Number(id));
	if (!report) return undefined;
	if (method === 'GET' && !what) return html(200, reportPage(report, store.files));
	if (method !== 'POST' || !what) return undefined;

	const { other, status_name, note, status_new, ...rest } = fields(incoming);
	const refused =
		what === 'status'
			? moveStatus(store, report, { status_name: other?.trim() || status_name, note }) &&
				'Pilih status atau tulis nama status.'
			: addFollowup(store, report, status_new ? { ...rest, status_new } : rest).error &&
				'Isi tindak lanjut belum ditulis.';
	return refused ? html(422, reportPage(report, store.files, refused)) : seeOther(`/laporan/${report.id}`);
}

function mailPage({ method, url }: Incoming, letters: readonly ShownLetter[] | undefined): Answer | undefined {
	if (method !== 'GET') return undefined;
	if (url.pathname === '/surat') return html(200, lettersPage(letters));
	const letter = letters?.[Number(/^\/surat\/(\d{1,6})$/.exec(url.pathname)?.[1]) - 1];
	return letter && html(200, letterPage(letter));
}

function fields(incoming: Incoming): Record<string, string> {
	if (contentType(incoming) !== 'application/x-www-form-urlencoded') return {};
	return Object.fromEntries(new URLSearchParams(incoming.body.toString('utf8')));
}

function changeFaults(faults: FaultPlan, incoming: Incoming): Answer {
	const given = fields(incoming);
	if (given['act'] === 'clear') faults.clear();
	const kind = FAULT_KINDS.find((name) => name === given['kind']);
	const endpoint = ENDPOINTS.find((name) => name === given['endpoint']);
	const count = Math.floor(Number(given['count']));
	const wanted = { kind, ...(endpoint ? { match: { endpoint } } : {}), ...(count > 0 ? { count } : {}) };
	const plan = faultPlanSchema.safeParse([wanted]);
	if (given['act'] === 'add' && plan.success) for (const fault of plan.data.faults) faults.add(fault);
	return seeOther('/#gangguan');
}
