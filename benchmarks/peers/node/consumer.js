// amqplib and pg, as their documentations show them: one message at a time, a prepared INSERT, an ack.
const amqp = require("amqplib");
const { Client } = require("pg");

const INSERT = {
  name: "insert-reading",
  text: `INSERT INTO peer_reading (reading_id, sensor_id, measured_at, temperature, run_id, sequence)
         VALUES ($1, $2, $3, $4, $5, $6)`,
};

async function main() {
  const database = new Client({ connectionString: process.env.DATABASE_URL });
  await database.connect();
  const connection = await amqp.connect(process.env.AMQP_URL);
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  await channel.consume(process.env.QUEUE_NAME, async (message) => {
    const r = JSON.parse(message.content);
    const values = [r.reading_id, r.sensor_id, r.measured_at, r.temperature, r.run_id, r.sequence];
    await database.query({ ...INSERT, values });
    channel.ack(message);
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
