DROP VIEW numbered_reading;
DROP FUNCTION acknowledge_loss;
DROP TABLE acknowledged_loss;
