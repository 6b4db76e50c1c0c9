import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { importInbound, judgeInbound } from '#lib/server/escalation/from-lapor/import.ts';
import { MAX_LINES } from '#lib/server/escalation/from-lapor/csv.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { shownLine, tableOfForm } from '#lib/server/web/forms/inbound-table.ts';

export const load = withActor(async (actor) => {
	const units = await deskUnits(actor);
	return { units: units.map(({ code, name }) => ({ code, name })), most: MAX_LINES };
});

/** Form action that reads the table and runs `work` on it. Preview and import use the same code; only the import stores. */
const tableAction = (work: typeof judgeInbound, stored: boolean) =>
	formAction(async (actor, form) => {
		delete form.typed.table;
		const table = await tableOfForm(form);
		const lines = await work(actor, form.data.unit, table);
		return { judged: { stored, table, unit: String(form.data.unit), lines: lines.map(shownLine) } };
	});

export const actions = {
	preview: tableAction(judgeInbound, false),
	store: tableAction(importInbound, true)
};
