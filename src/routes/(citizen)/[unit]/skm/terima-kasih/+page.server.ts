import { skmThanksPage } from '#lib/server/web/forms/skm-form.ts';

export const load = skmThanksPage;
