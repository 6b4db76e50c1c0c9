import { ENDPOINTS, FAULT_KINDS, faultPlanSchema, type FaultPlan } from './faults.ts';
import { contentType, html, seeOther, type Answer, type Incoming } from './http.ts';
import { addInstitutionFollowup, followupSchema, statusSchema } from './moves.ts';
import type { SandboxOptions, ShownLetter } from './options.ts';
import { letterPage, lettersPage } from './page-letters.ts';
import { listPage } from './page-list.ts';
import { reportPage } from './page-report.ts';
import type { SandboxStore } from './store.ts';

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
	const match = /^\/laporan\/(\d+)(?:\/(status|tindak-lanjut))?$/.exec(url.pathname);
	const report = match && store.report(Number(match[1]));
	if (!report) return undefined;
	if (method === 'GET' && !match[2]) return html(200, reportPage(report, store.files));
	if (method !== 'POST' || !match[2]) return undefined;

	const given = fields(incoming);
	if (match[2] === 'status') {
		const name = given['other']?.trim() || given['status_name'];
		const move = statusSchema.safeParse({ status_name: name, note: given['note'] });
		if (!move.success) return html(422, reportPage(report, store.files, 'Pilih status atau tulis nama status.'));
		store.moveStatus(report, move.data.status_name, move.data.note);
	} else {
		const { status_new, ...rest } = given;
		const followup = followupSchema.safeParse(status_new ? given : rest);
		if (!followup.success) return html(422, reportPage(report, store.files, 'Isi tindak lanjut belum ditulis.'));
		addInstitutionFollowup(store, report, followup.data);
	}
	return seeOther(`/laporan/${report.id}`);
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
