import { BATCH_DAYS, BATCH_RATINGS } from '#lib/ratings/batches.ts';
import { LATEST_DAYS } from '#lib/ratings/vocabulary.ts';
import { officesLeftByAbsence } from '#lib/server/cases/answers/offices-left-by-absence.ts';
import { ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { chooseNotices, ownNoticeChoices } from '#lib/server/channels/notice-choices.ts';
import { pushPublicKey } from '#lib/server/channels/push/push-keys.ts';
import { testDevices } from '#lib/server/channels/push/push-queue.ts';
import { ownQuietHours, setQuietHours } from '#lib/server/channels/push/quiet-hours.ts';
import { addDevice, devicesOf, removeDevice } from '#lib/server/channels/push/subscriptions.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import { choosePhotoConsent, ownPhotoConsent } from '#lib/server/people/officers/photo-consent.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { absencesOf, addAbsence, removeAbsence, deputiesFor } from '#lib/server/people/absence.ts';
import { rolesOf } from '#lib/server/people/grant-roles.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { objectToComment, ownRatings } from '#lib/server/ratings/own/own-ratings.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

/** Devices and quiet hours; null before the site has its key. */
async function ownPush(actor: Actor) {
	const publicKey = await pushPublicKey();
	if (publicKey === null) return null;
	return { publicKey, devices: await devicesOf(actor), quiet: await ownQuietHours(actor), zone: await firstZone() };
}

export const load = withActor(async (actor, { url }) => {
	const account = accountIdOf(actor);
	const absences = await absencesOf(account);
	const allComments = url.searchParams.get('comments') === 'all';
	return {
		own: await ownRatings(actor, allComments),
		all: allComments,
		questions: await ownQuestions(actor),
		photo: await ownPhotoConsent(actor),
		submissionId: crypto.randomUUID(),
		absences,
		left: await officesLeftByAbsence(actor, account, absences),
		deputies: await deputiesFor(account),
		mail: await ownNoticeChoices(actor),
		push: await ownPush(actor),
		roles: await rolesOf(account),
		access: await listAccessChanges(actor, 'waiting', account),
		batch: { ratings: BATCH_RATINGS, days: BATCH_DAYS, late: LATEST_DAYS + 1 },
		contested: url.searchParams.has('contested'),
		tested: url.searchParams.has('tested'),
		saved: url.searchParams.has('saved')
	};
});

export const actions = {
	contest: changeThenOpen(objectToComment, '/me?contested=yes#contests'),
	absent: changeThenOpen((actor, data) => addAbsence(actor, accountIdOf(actor), data), '/me?saved#absence'),
	present: changeThenOpen(
		(actor, data) => removeAbsence(actor, accountIdOf(actor), String(data.absence)),
		'/me?saved#absence'
	),
	mail: changeThenOpen((actor, data) => chooseNotices(actor, data), '/me?saved#mail', { lists: ['wanted'] }),
	pushed: changeThenOpen((actor, data) => chooseNotices(actor, data, 'push'), '/me?saved#push', { lists: ['wanted'] }),
	device: changeThenOpen(addDevice, '/me?saved#push', { part: 'device' }),
	undevice: changeThenOpen((actor, data) => removeDevice(actor, String(data.device)), '/me?saved#push'),
	test: changeThenOpen(testDevices, '/me?tested#push'),
	quiet: changeThenOpen(setQuietHours, '/me?saved#push', { part: 'quiet' }),
	photo: changeThenOpen(choosePhotoConsent, '/me?saved#photo')
};
