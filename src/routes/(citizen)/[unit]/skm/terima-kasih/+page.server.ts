import { skmThanksPage } from '#lib/server/web/skm-form.ts';

export const load = skmThanksPage;
