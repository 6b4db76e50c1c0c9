import { redirect } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { sentFiles } from '#lib/server/attachments/keep.ts';
import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { now } from '#lib/server/clock.ts';
import { Invalid } from '#lib/server/errors.ts';
import { receiveInbound } from '#lib/server/escalation/inbound/receive.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { pageOfCase } from '#lib/server/web/forms/desk-case-form.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const units = await deskUnits(signedIn(locals));
		return {
			units: units.map(({ code, name }) => ({ code, name })),
			today: localDate(now(), units[0]?.timeZone ?? 'UTC')
		};
	});

export const actions = {
	default: async ({ request, locals }) => {
		const read = await readForm(request);
		return asForm(read.typed, async () => {
			const actor = signedIn(locals);
			const received = await receiveInbound(actor, read.data, await sentFiles(read.files));
			if (received.kind === 'elsewhere') throw new Invalid([{ path: 'lapor_id', code: 'inbound_elsewhere' }]);
			// A new case may have become somebody else's to see: its page says so.
			if (received.kind === 'opened') redirect(303, await pageOfCase(actor, received.reference));
			redirect(303, `/desk/inbound/${received.id}?done=${received.kind}`);
		});
	}
};
