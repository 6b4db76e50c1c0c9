import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { importInbound, judgeInbound } from '#lib/server/escalation/inbound/import.ts';
import { MOST_LINES } from '#lib/server/escalation/inbound/csv.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { shownLine, tableOfForm } from '#lib/server/web/forms/inbound-table.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const units = await deskUnits(signedIn(locals));
		return { units: units.map(({ code, name }) => ({ code, name })), most: MOST_LINES };
	});

/** Looking and storing are the same reading of the same table; only the second writes. */
const reading = (work: typeof judgeInbound, stored: boolean) => {
	return async ({ request, locals }: { request: Request; locals: App.Locals }) => {
		const read = await readForm(request);
		const { table: _, ...typed } = read.typed;
		return asForm(typed, async () => {
			const table = await tableOfForm(read);
			const lines = await work(signedIn(locals), read.data.unit, table);
			return { judged: { stored, table, unit: String(read.data.unit), lines: lines.map(shownLine) } };
		});
	};
};

export const actions = {
	preview: reading(judgeInbound, false),
	store: reading(importInbound, true)
};
