import { forgetAnswer } from '#lib/server/web/forget-pages.ts';

export const GET = ({ cookies }) => forgetAnswer(cookies);
