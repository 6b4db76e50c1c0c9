import { receiveSkm, skmFormPage } from '#lib/server/web/forms/skm-form.ts';

export const load = skmFormPage;

export const actions = { default: receiveSkm };
