import { receiveSkm, skmFormPage } from '#lib/server/web/skm-form.ts';

export const load = skmFormPage;

export const actions = { default: receiveSkm };
