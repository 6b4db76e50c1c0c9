import { localDate } from '#lib/calendar/days.ts';
import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { now } from '#lib/server/clock.ts';
import { invalid } from '#lib/server/errors.ts';
import { receiveInbound } from '#lib/server/escalation/from-lapor/receive.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { pageOfCase } from '#lib/server/web/forms/desk-case-form.ts';

export const load = withActor(async (actor) => {
	const units = await deskUnits(actor);
	return {
		units: units.map(({ code, name }) => ({ code, name })),
		today: localDate(now(), units[0]?.timeZone ?? 'UTC')
	};
});

export const actions = {
	default: formAction(async (actor, { data, files }) => {
		const received = await receiveInbound(actor, data, await sentFiles(files));
		if (received.kind === 'elsewhere') throw invalid('lapor_id', 'inbound_elsewhere');
		// The person may not have access to the new case; the page for that explains it.
		if (received.kind === 'opened') return pageOfCase(actor, received.reference);
		return `/desk/inbound/${received.id}?done=${received.kind}`;
	})
};
