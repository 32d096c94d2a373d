import pandas
import tensorflow as tf

rows = pandas.read_csv("data/data.csv")


def load(name, box):
    image = tf.io.decode_jpeg(tf.io.read_file("data/images/" + name), channels=3)
    height, width = tf.unstack(tf.cast(tf.shape(image)[:2], tf.float32))
    image = tf.image.resize(image, (96, 96), antialias=True) / 255.0
    return image, box / tf.stack([width, height, height, width])


data = (
    tf.data.Dataset.from_tensor_slices((rows["image"].to_numpy(str), rows[["x", "y", "h", "w"]].to_numpy("float32")))
    .shuffle(len(rows), seed=7)
    .map(load, num_parallel_calls=2)
    .batch(20, drop_remainder=True)
    .prefetch(4)
)

model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(16, 3, strides=4, activation="relu"),
    tf.keras.layers.AveragePooling2D(6),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(4, activation="sigmoid"),
])
optimizer = tf.keras.optimizers.Adam(1e-3)
for epoch in range(3):
    total, batches = 0.0, 0
    for images, targets in data:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.keras.losses.huber(targets, model(images)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        total, batches = total + float(loss), batches + 1
    print(f"epoch {epoch}: loss {total / batches}")
