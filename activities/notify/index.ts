/** Activities that tell people something. They run on the control worker: what they tell of may be the loss of a site. */
export { checkChannels } from './check-channels';
export { renderMessage, type RenderMessage } from './render-message';
export { sendEmail, type SendEmail } from './send-email';
export { sendSms, type SendSms } from './send-sms';
export { postSlack, type PostSlack } from './post-slack';
export { callWebhook, type CallWebhook } from './call-webhook';
export { postStatusApi, type PostStatusApi } from './post-status-api';
