import { mailServer } from '#lib/server/channels/mail-queue.ts';
import { compareHead, dayHeads, headLine, headRecipients } from '#lib/server/people/audit-heads.ts';
import { requireVerifier, verifyLogAs } from '#lib/server/people/audit-verify.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

const EXAMPLE_HASH = '4f1a 09bc 77de 1a2b 0c9d 8e7f 6a5b 4c3d';

export const load = withActor(async (actor) => {
	await requireVerifier(actor);
	const example = headLine({ day: '2026-11-27', last: 1234, count: 56, hash: EXAMPLE_HASH });
	const sent = mailServer() !== undefined && (await headRecipients()).length > 0;
	return { heads: await dayHeads(), sent, example, zone: await firstZone() };
});

export const actions = {
	check: formAction(async (actor) => ({ verification: await verifyLogAs(actor) })),
	compare: formAction(async (actor, { data }) => ({ comparison: await compareHead(actor, data.head) }))
};
