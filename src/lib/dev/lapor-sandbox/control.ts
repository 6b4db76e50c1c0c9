import { z } from 'zod';
import { ENDPOINTS, FAULT_KINDS, type FaultPlan, faultPlanSchema } from './faults.ts';
import { contentType, html, json, jsonBody, refusal, seeOther, type SandboxResponse, type Incoming } from './http.ts';
import type { SandboxOptions, ShownEmail } from './options.ts';
import { emailPage, emailPath, emailsPage, listPage, reportPage } from './pages.ts';
import type { StoredReport } from './records.ts';
import type { SandboxStore } from './store.ts';

/**
 * Input for changing a report's status, as staff of LAPOR would. Any name is accepted, also one that clients don't
 * know.
 */
const statusSchema = z.strictObject({
	status_name: z.string().trim().min(1).max(100),
	note: z.string().trim().max(1000).default('')
});

const followupSchema = z.strictObject({
	content: z.string().trim().min(1).max(5000),
	/** Null: the reporter wrote it. */
	institution_from: z.string().trim().min(1).max(200).nullable().default('Badan Pusat Statistik'),
	institution_to: z.string().trim().max(200).default(''),
	/** Also changes the status. */
	status_new: z.string().trim().max(100).optional(),
	attachments: z
		.array(z.strictObject({ path: z.string(), file_name: z.string(), extension: z.string() }))
		.max(10)
		.default([])
});

function moveStatus(store: SandboxStore, report: StoredReport, input: unknown): z.ZodError | undefined {
	const { data, error } = statusSchema.safeParse(input);
	if (error) return error;
	store.moveStatus(report, data.status_name, data.note);
	return undefined;
}

function addFollowup(store: SandboxStore, report: StoredReport, input: unknown) {
	const { data, error } = followupSchema.safeParse(input);
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

/** The endpoints for tests: faults, received reports and files, changes by LAPOR. Undefined for any other path. */
export function handleControl(store: SandboxStore, faults: FaultPlan, incoming: Incoming): SandboxResponse | undefined {
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
			return json(200, matchingReports(store, url.searchParams.get('text')));
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

/** The reports, oldest first. With `text`, only those whose tag or content contains it. */
function matchingReports(store: SandboxStore, text: string | null) {
	if (text === null) return store.reports;
	return store.reports.filter(({ payload }) =>
		[payload['tags_raw'], payload['content']].some((part) => String(part).includes(text))
	);
}

function moveReport(store: SandboxStore, incoming: Incoming): SandboxResponse {
	const [, id, action] = /^\/_reports\/(\d+)(?:\/(status|followups))?$/.exec(incoming.url.pathname) ?? [];
	const report = store.report(Number(id));
	if (!report) return refusal(404, 'Not found.');
	if (incoming.method === 'GET' && !action) return json(200, report);
	if (incoming.method !== 'POST' || !action) return refusal(405, 'Method not allowed.');
	if (action === 'status') {
		const error = moveStatus(store, report, jsonBody(incoming));
		return error ? invalid(error) : json(200, report);
	}
	const { followup, error } = addFollowup(store, report, jsonBody(incoming));
	return error ? invalid(error) : json(201, followup);
}

/** The web pages for people: received reports, and forms for changes by LAPOR. Undefined for any other path. */
export function handlePage(
	store: SandboxStore,
	faults: FaultPlan,
	incoming: Incoming,
	emails: SandboxOptions['emails']
): SandboxResponse | undefined {
	const { method, url } = incoming;
	if (url.pathname === '/' && method === 'GET') {
		const page = Math.max(1, Math.floor(Number(url.searchParams.get('hal') ?? 1)) || 1);
		return html(200, listPage(store.reports, faults.list().faults, page));
	}
	if (url.pathname === '/gangguan' && method === 'POST') return changeFaults(faults, incoming);
	if (url.pathname.startsWith('/e-mail')) return mailPage(incoming, emails?.());
	const [, id, action] = /^\/laporan\/(\d+)(?:\/(status|tindak-lanjut))?$/.exec(url.pathname) ?? [];
	const report = store.report(Number(id));
	if (!report) return undefined;
	if (method === 'GET' && !action) return html(200, reportPage(report, store.files));
	if (method !== 'POST' || !action) return undefined;

	const { other, status_name, note, status_new, ...rest } = fields(incoming);
	const errorText =
		action === 'status'
			? moveStatus(store, report, { status_name: other?.trim() || status_name, note }) &&
				'Pilih status atau tulis nama status.'
			: addFollowup(store, report, status_new ? { ...rest, status_new } : rest).error &&
				'Isi tindak lanjut belum ditulis.';
	return errorText ? html(422, reportPage(report, store.files, errorText)) : seeOther(`/laporan/${report.id}`);
}

function mailPage({ method, url }: Incoming, emails: readonly ShownEmail[] | undefined): SandboxResponse | undefined {
	if (method !== 'GET') return undefined;
	if (url.pathname === '/e-mail') return html(200, emailsPage(emails));
	const email = emails?.find((one) => emailPath(one) === url.pathname);
	return email && html(200, emailPage(email));
}

function fields(incoming: Incoming): Record<string, string> {
	if (contentType(incoming) !== 'application/x-www-form-urlencoded') return {};
	return Object.fromEntries(new URLSearchParams(incoming.body.toString('utf8')));
}

function changeFaults(faults: FaultPlan, incoming: Incoming): SandboxResponse {
	const input = fields(incoming);
	if (input['act'] === 'clear') faults.clear();
	const kind = FAULT_KINDS.find((name) => name === input['kind']);
	const endpoint = ENDPOINTS.find((name) => name === input['endpoint']);
	const count = Math.floor(Number(input['count']));
	const newFault = { kind, match: endpoint && { endpoint }, count: count > 0 ? count : undefined };
	const plan = faultPlanSchema.safeParse([newFault]);
	if (input['act'] === 'add' && plan.success) for (const fault of plan.data.faults) faults.add(fault);
	return seeOther('/#gangguan');
}
